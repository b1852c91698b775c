"""One module a form of paper: where its labels and rules stand, and where entries go."""

from . import (continuation, cover, drug_sheet, lab, notebook, prescription, referral,
               second_sheet, vertical)

FORMS = {
    "cover": cover.draw,
    "sheet2": second_sheet.draw,
    "prescription": prescription.draw,
    "referral": referral.draw,
    "lab": lab.draw,
    "drug_sheet": drug_sheet.draw,
    "notebook": notebook.draw,
    "continuation": continuation.draw,
    "vertical": vertical.draw,
}
