"""Papers from outside a clinic's own forms, drawn by lot: letters of referral, notebooks and sheets of
pharmacies, vertical letters, and free sheets on which the day stands before what was written that day."""

from invented import USAGES, Invention

BOXES = ("傷病名", "紹介目的", "既往歴及び\n家族歴", "症状経過\n及び\n検査結果", "現在の処方", "備考")
FOR_WHAT = ["精査・加療のお願い", "今後の御加療のお願い", "貴科的御高診のお願い", "手術適応につき御検討のお願い"]
TOLD = ["いつも大変お世話になっております。", "御多忙中恐縮ですが、御高診のほどお願い申し上げます。",
        "食欲はあり、体重の変化はないとのことです。", "検査結果を同封いたします。"]
KANJI = str.maketrans("0123456789.", "〇一二三四五六七八九・")


class Outside(Invention):
    """One such page by lot."""

    def form(self):
        return ["referral", "notebook", "drug_sheet", "vertical", "free"][self.pick([34, 18, 14, 14, 20])]

    def patient(self):
        return {**super().patient(), "age": int(self.rng.integers(38, 92))}

    def doctor(self):
        name = self.one(["例示 守", "見本 恵", "架空 茂"])
        return {"name": name, "seal": name[:2], "clinic": "見本内科クリニック", "address": "見本県例示市試験町9-9",
                "phone": "000-999-8888"}

    def solid(self):
        """A drug that is counted in pieces."""
        while True:
            row, strength, key = self.drug()
            if row["unit"] in ("錠", "カプセル"):
                return row, strength, key

    def told_order(self):
        """アムロジピン錠5mg　1錠　分1 朝食後, as a letter has it; the days are seldom told."""
        row, strength, key = self.solid()
        times, words, _, timing, _ = USAGES[self.pick([usage[4] for usage in USAGES])]
        each, unit = self.one([1, 1, 1, 2]), row["unit"]
        data = {"drug": key, "strength_written": bool(strength), "times": times, "timing": timing, "unit": unit}
        name = f"{row['stem']}{row['form']}{strength}"
        gap = self.one(["　", " "])
        if self.chance(0.4):
            data.update(dose=each, per="once", frequency=f"1日{times}回 {words}")
            written = f"{name}{gap}1回{each}{unit}{gap}1日{times}回 {words}"
        else:
            data.update(dose=each * times, per="day", frequency=f"分{times} {words}")
            written = f"{name}{gap}{each * times}{unit}{gap}分{times} {words}"
        if self.chance(0.3):
            data["days"] = self.one([14, 28, 30])
            written += f"{gap}{data['days']}日分"
        return {"write": written, "medication": data}

    def handed_out(self):
        """The name, and how to take it: two lines of a pharmacy's label."""
        row, strength, key = self.solid()
        times, words, _, timing, _ = USAGES[self.pick([usage[4] for usage in USAGES])]
        each, days, unit = self.one([1, 1, 1, 2]), self.one([5, 7, 14, 28]), row["unit"]
        name, usage = f"{row['stem']}{row['form']}{strength}", f"1日{times}回 {words}"
        data = {"drug": key, "strength_written": bool(strength), "times": times, "timing": timing, "unit": unit,
                "dose": each, "per": "once", "days": days, "frequency": usage}
        return name, f"{usage} 1回{each}{unit}", f"{days}日分", data

    def in_a_row(self):
        """高血圧症、脂質異常症: two diseases of a sentence, and what they mean."""
        both = [self.disease(table=True) for _ in range(2)]
        plainly = [item for item in both if "status" not in item["diagnosis"]]
        return "、".join(item["write"] for item in plainly), [item["diagnosis"] for item in plainly]

    # Pages

    def referral(self, page):
        page.update(doctor=self.doctor(), date=f"令和{int(self.rng.integers(2, 8))}年{int(self.rng.integers(1, 13))}月8日",
                    to="架空総合病院　循環器内科", to_doctor="担当先生　御侍史", entry_size=3.9, pitch=6.6)
        diseases = [self.disease(f"{number + 1}) ") for number in range(int(self.rng.integers(1, 4)))]
        history = [self.history() for _ in range(int(self.rng.integers(0, 3)))]
        course = [self.one(TOLD)]
        row, found = self.in_a_row()
        if found:
            course.append({"write": f"{row}にて当院通院中の方です。", "diagnosis": found})
        course += [self.one(TOLD), f"血圧 {int(self.rng.integers(110, 170))}/{int(self.rng.integers(60, 98))}"]
        orders = [self.told_order() for _ in range(int(self.rng.integers(2, 6)))]
        contents = [diseases, [self.one(FOR_WHAT)], history, course, orders, []]
        heights = [8 + 6.6 * len(items) for items in contents]
        # A long order goes on in a second line.
        heights[4] += 6.6 * len(orders)
        page["boxes"] = [{"label": label, "height": max(height, 17 if "\n" in label else 10), "items": items}
                         for label, height, items in zip(BOXES, heights, contents)]

    def notebook(self, page):
        page["paper"], page["style"]["hand"], page["stratum"] = "A5 landscape", False, "PRINT"
        page["style"]["entry"] = self.one(["ipa-gothic", "noto-sans", "motoya-maruberi", "vl-gothic"])
        page["labels"] = []
        for _ in range(2):
            items = []
            for _ in range(int(self.rng.integers(2, 4))):
                name, usage, days, data = self.handed_out()
                items.append({"write": [name, f"　{usage}　{days}"], "medication": data})
            page["labels"].append({
                "date": f"令和{int(self.rng.integers(2, 8))}年{int(self.rng.integers(1, 13))}月16日",
                "from": "見本内科クリニック　例示 守 先生", "pharmacy": "架空薬局 例示店", "height": 104, "size": 3.3,
                "items": items})

    def drug_sheet(self, page):
        page["style"]["hand"], page["stratum"] = False, "PRINT"
        page["style"]["entry"] = self.one(["ipa-gothic", "noto-sans", "motoya-maruberi", "vl-gothic"])
        page.update(date="令和6年9月2日", pharmacy="架空薬局 例示店", doctor="例示 守", row=30, drugs=[])
        page["from"] = "見本内科クリニック"
        for _ in range(int(self.rng.integers(3, 6))):
            name, usage, days, data = self.handed_out()
            slots = ["breakfast", "lunch", "dinner", "bedtime"]
            at = [data["dose"] if any(time.endswith(slot) for time in data["timing"]) else "" for slot in slots]
            page["drugs"].append({
                "name": name, "looks": "白色の丸い錠剤", "shape": self.one(["tablet", "capsule"]),
                "does": self.one(["血圧を下げるお薬です", "痛みをやわらげるお薬です", "胃酸をおさえるお薬です"]),
                "usage": usage, "at": at, "days": days, "medication": data})

    def vertical(self, page):
        page.update(paper="B5", pitch=11, entry_size=5.4, date="令和6年5月12日")
        row, found = self.in_a_row()
        items = ["拝啓　先生には益々御清栄のことと存じます。"]
        if found:
            items.append({"write": f"病名　{row}", "indent": 1, "diagnosis": found})
        for number in range(int(self.rng.integers(1, 4))):
            drug, strength, key = self.solid()
            times, words, _, timing, _ = USAGES[self.pick([usage[4] for usage in USAGES])]
            dose, days = times * self.one([1, 1, 2]), self.one([7, 14, 28])
            figure = strength.rstrip("mgμL%単位")
            written = f"{drug['stem']}（{figure}）" if figure else drug["stem"]
            data = {"drug": key, "strength_written": bool(figure), "times": times, "timing": timing, "days": days,
                    "unit": drug["unit"], "dose": dose, "per": "day", "frequency": f"分{times} {words}"}
            lead = "処方　" if number == 0 else "　　　"
            usage = f"{lead}{written}　{dose}{drug['unit']}　分{times}　{words}　{days}日分"
            items.append({"write": usage.translate(KANJI), "indent": 1, "medication": data})
        page["items"] = [*items, "御高診の上、御教示賜れば幸甚に存じます。敬具",
                         {"write": "見本医院　例示　守", "foot": True}]

    def free(self, page):
        page.update(form="continuation", margin=False, ruled=self.chance(0.7), visits=[])
        for _ in range(int(self.rng.integers(2, 5))):
            items = [*self.course(), *self.orders(1, 3)]
            day = self.date() + self.one([" ", "  "])
            first = items[0] if isinstance(items[0], dict) else {"write": items[0]}
            lines = first["write"] if isinstance(first["write"], list) else [first["write"]]
            items[0] = {**first, "write": [day + lines[0], *lines[1:]]}
            page["visits"].append({"items": items})

