"""The fonts that made-up lines are written in; README.md names their licences.

Each given folder is searched as /usr/share/fonts is laid out by Debian's packages, and for
unpacked packages of `@fontsource`. A font that is not there is left out, and said so.
"""
import pathlib

DEBIAN = """
opentype/noto/NotoSansCJK-Regular.ttc opentype/noto/NotoSansCJK-Bold.ttc
opentype/noto/NotoSerifCJK-Regular.ttc opentype/noto/NotoSerifCJK-Bold.ttc
opentype/ipafont-gothic/ipag.ttf opentype/ipafont-gothic/ipagp.ttf
opentype/ipafont-mincho/ipam.ttf opentype/ipafont-mincho/ipamp.ttf
opentype/ipaexfont-mincho/ipaexm.ttf opentype/ipaexfont-gothic/ipaexg.ttf
truetype/motoya-l-cedar/MTLc3m.ttf truetype/motoya-l-maruberi/MTLmr3m.ttf
truetype/vlgothic/VL-Gothic-Regular.ttf truetype/vlgothic/VL-PGothic-Regular.ttf
opentype/mplus/Mplus1-Regular.otf opentype/mplus/Mplus1-Bold.otf opentype/mplus/Mplus1-Light.otf
opentype/mplus/Mplus2-Medium.otf opentype/mplus/Mplus1Code-Regular.otf
truetype/bizud-gothic/BIZUDGothic-Regular.ttf truetype/bizud-gothic/BIZUDPGothic-Bold.ttf
truetype/bizud-mincho/BIZUDMincho-Regular.ttf truetype/bizud-mincho/BIZUDPMincho-Regular.ttf
truetype/konatu/Konatu.ttf truetype/migmix/migmix-1p-regular.ttf truetype/migmix/migu-1m-bold.ttf
truetype/sawarabi-gothic/sawarabi-gothic-medium.ttf truetype/sawarabi-mincho/sawarabi-mincho-medium.ttf
truetype/umeplus/umeplus-gothic.ttf truetype/umeplus/umeplus-p-gothic.ttf
truetype/dotgothic16/DotGothic16-Regular.ttf truetype/hanazono/HanaMinA.ttf
truetype/monapo/monapo.ttf truetype/takao-mincho/TakaoPMincho.ttf
""".split()
DEBIAN_HAND = """
truetype/kiloji/kiloji.ttf truetype/kiloji/kiloji_b.ttf truetype/kiloji/kiloji_d.ttf truetype/kiloji/kiloji_p.ttf
truetype/seto/setofont.ttf truetype/klee/KleeOne-Regular.ttf truetype/klee/KleeOne-SemiBold.ttf
truetype/yusei-magic/YuseiMagic-Regular.ttf truetype/yozvox-yozfont/YOzBSF90.ttf
truetype/yozvox-yozfont/YOzRSP90.ttf truetype/yozvox-yozfont/YOzRSXM90.ttf
truetype/yozvox-yozfont/YOzRS_90i.ttf truetype/yozvox-yozfont/YOzBS_i.ttf
truetype/aoyagi-soseki/aoyagi-soseki.ttf
""".split()
NPM = "kiwi-maru kaisei-opti hina-mincho shippori-mincho zen-maru-gothic zen-old-mincho".split()
NPM_HAND = "yomogi zen-kurenaido hachi-maru-pop".split()


def found(roots):
    """(path, index, whether it looks handwritten, font for what it lacks)."""
    out = []
    for names, hand in ((DEBIAN, False), (DEBIAN_HAND, True)):
        for name in names:
            paths = [p for root in roots if (p := pathlib.Path(root, name)).is_file()]
            if paths:
                out.append((paths[0], 0, hand, None))
            else:
                print("not installed:", name)
    for names, hand in ((NPM, False), (NPM_HAND, True)):
        for name in names:
            files = f"fontsource-{name}-*/package/files/*japanese-400-normal.woff2"
            paths = [p for root in roots for p in pathlib.Path(root).glob(files)]
            if paths:
                latin = paths[0].with_name(paths[0].name.replace("japanese", "latin"))
                out.append((paths[0], 0, hand, latin))
            else:
                print("not there:", name)
    return out
