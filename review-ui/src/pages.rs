//! A file a page.

pub(crate) mod add; // a finding that no machine read
pub(crate) mod api; // the same lists as JSON
pub(crate) mod audit; // who did what
pub(crate) mod chart; // into another patient's chart
pub(crate) mod confirm; // the clinician's word
pub(crate) mod end; // out of the way: no chart page, the patient objects, read again
pub(crate) mod failure; // what went wrong
pub(crate) mod finding; // one finding: corrected, removed, restored
pub(crate) mod hand_over; // from clerk to clinician and back
pub(crate) mod health; // for machines that watch
pub(crate) mod history; // what people changed
pub(crate) mod intake; // scans sent by the browser
pub(crate) mod language; // Japanese or English
pub(crate) mod picture; // the paper
pub(crate) mod queue; // for administrators
pub(crate) mod review; // the paper at left, what was read at right
pub(crate) mod sign_in; // who is there
pub(crate) mod suggest; // names while they are typed
pub(crate) mod users; // for administrators
pub(crate) mod work_list; // what there is to do

#[cfg(test)]
mod rendering; // every template, in both languages
