//! Makes a case of its own of a part that is about something else.

use super::field::Words;
use super::{Form, Kept, Problem, kept};
use leptos::prelude::*;
use model::lifecycle::Action;
use model::wire::CaseView;
use web::component::{Checkbox, Errors};
use web::i18n::{key, t};
use web::start::document;
use web_sys::Range;

/// Id of the choice whether it is about an officer or office.
const OFFICE: &str = "about-office";

/// Splitting.
pub struct Split {
    part: Words,
    about_office: RwSignal<bool>,
}

/// A form for a case that is about an officer or office, or not. As long as it is empty, it begins with what is selected in the citizen's words when it is opened.
#[must_use]
pub fn form(view: &CaseView) -> Split {
    Split { part: Words::required(key::SPLIT_WHAT), about_office: RwSignal::new(view.about_office) }
}

/// What is selected of the grievance's words. A selection that goes beyond them, as that of a whole paragraph does, is cut to
/// them.
fn selected() -> Option<String> {
    let page = document()?;
    let selection = page.get_selection().ok().flatten().filter(|selection| selection.range_count() > 0)?;
    let said = page.query_selector(".workplace .about .said").ok().flatten()?;
    let (range, all) = (selection.get_range_at(0).ok()?, page.create_range().ok()?);
    all.select_node_contents(&said).ok()?;
    let compared = |how: u16| range.compare_boundary_points(how, &all).ok();
    // It ends before the words, or begins after them.
    let (ends, begins) = (compared(Range::START_TO_END)?, compared(Range::END_TO_START)?);
    if ends <= 0 || begins >= 0 {
        return None;
    }
    if compared(Range::START_TO_START)? < 0 {
        range.set_start(&said, 0).ok()?;
    }
    if compared(Range::END_TO_END)? > 0 {
        range.set_end(&said, said.child_nodes().length()).ok()?;
    }
    // The selection, not the range: it leaves out what is read above the words.
    Some(String::from(selection.to_string()).trim().to_owned())
}

impl Form for Split {
    fn fields(&self, errors: Errors) -> AnyView {
        if untrack(|| self.part.typed().is_empty())
            && let Some(words) = selected()
        {
            self.part.put(words);
        }
        view! { <p class="hint">{t(key::SPLIT_HINT)}</p>{self.part.field(errors)}<Checkbox id=OFFICE label=t(key::SPLIT_OFFICE) hint=t(key::SPLIT_OFFICE_HINT) value=self.about_office errors/> }.into_any()
    }

    fn to_action(&self) -> Result<Action, Vec<Problem>> {
        let about_office = self.about_office.get_untracked();
        self.part.read().map(|text| Action::Split { text, about_office }).map_err(|problem| vec![problem])
    }

    fn kept(&self) -> Vec<Kept> {
        vec![self.part.kept(), kept(OFFICE, self.about_office)]
    }

    fn typed(&self) -> String {
        self.part.typed()
    }
}
