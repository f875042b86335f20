//! The criteria of a call with their marks: words for each, and a digit for each.

use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::names::code_of;
use model::quality::{CallKind, Criterion, Mark, Marked};
use web::format::digits;
use web::i18n::{fill, key, name_of, t};
use web::route::focus_later_by;

/// The code of "the call gave no occasion for it".
const NONE: &str = "none";

/// The marks that are being given, in the order of the criteria; `None` for those not given yet.
#[derive(Clone, Copy)]
pub struct Marks {
    /// What the ids of its controls begin with: a dispute may be open beside a call.
    form: &'static str,
    kind: CallKind,
    given: RwSignal<Vec<Option<Option<Mark>>>>,
    /// The criterion to which a digit belongs.
    at: RwSignal<usize>,
}

impl Marks {
    /// None of them given, or those that were.
    pub fn of(form: &'static str, kind: CallKind, before: &[Marked]) -> Self {
        let of = |criterion: &Criterion| before.iter().find(|marked| marked.criterion == *criterion);
        let given = kind.criteria().iter().map(|criterion| of(criterion).map(|marked| marked.mark)).collect();
        Self { form, kind, given: RwSignal::new(given), at: RwSignal::new(0) }
    }

    /// Those that are given so far.
    pub fn so_far(self) -> Vec<Marked> {
        let given = self.given.get();
        let marks = self.kind.criteria().iter().zip(given);
        marks.filter_map(|(criterion, mark)| Some(Marked { criterion: *criterion, mark: mark? })).collect()
    }

    /// Brings back marks that were given before.
    pub fn put(self, before: &[Marked]) {
        let of = |criterion: &Criterion| before.iter().find(|marked| marked.criterion == *criterion);
        self.given.set(self.kind.criteria().iter().map(|criterion| of(criterion).map(|marked| marked.mark)).collect());
    }

    /// Goes back to the criterion to which a digit belongs.
    pub fn focus(self) {
        focus_later_by(self.row(self.at.get_untracked()));
    }

    /// All of them; `None` while one is missing, which then has the focus.
    pub fn read(self) -> Option<Vec<Marked>> {
        let given = self.given.get_untracked();
        if let Some(missing) = given.iter().position(Option::is_none) {
            self.at.set(missing);
            focus_later_by(self.row(missing));
            return None;
        }
        let marks = self.kind.criteria().iter().zip(given);
        Some(marks.filter_map(|(criterion, mark)| Some(Marked { criterion: *criterion, mark: mark? })).collect())
    }

    /// How many are given.
    pub fn count(self) -> (usize, usize) {
        self.given.with(|given| (given.iter().flatten().count(), given.len()))
    }

    /// The id of a criterion's row.
    fn row(self, at: usize) -> String {
        format!("{}-row-{at}", self.form)
    }

    fn give(self, at: usize, mark: Option<Mark>) {
        self.given.update(|given| {
            if let Some(place) = given.get_mut(at) {
                *place = Some(mark);
            }
        });
    }
}

/// The words of a mark for a criterion; its own where it has some.
pub fn words_of(criterion: Criterion, mark: Option<Mark>) -> String {
    match mark {
        Some(mark) => t(&format!("anchor.{}.{}", code_of(&criterion), code_of(&mark))),
        None => t(key::QUALITY_NO_OCCASION),
    }
}

/// The criteria, each with its marks. Digits 0 to 2 mark the one in focus and go on to the next; 9 is for no occasion.
#[component]
pub fn Criteria(marks: Marks, id: &'static str) -> impl IntoView {
    let press = move |mark: Option<Mark>| {
        let at = marks.at.get_untracked();
        marks.give(at, mark);
        let next = at + 1;
        if next < marks.kind.criteria().len() {
            marks.at.set(next);
            focus_later_by(marks.row(next));
        } else {
            focus_later_by(id.to_owned());
        }
    };
    if let Some(keys) = Keys::of_app() {
        for (digit, mark) in ['0', '1', '2'].into_iter().zip(Mark::ALL) {
            keys.bind_within(digit, name_of("mark", &mark), move || press(Some(mark)));
        }
        keys.bind_within('9', t(key::QUALITY_NO_OCCASION), move || press(None));
    }
    let rows = marks.kind.criteria().iter().enumerate().map(|(at, criterion)| {
        let criterion = *criterion;
        let choices = Mark::ALL.into_iter().map(Some).chain([None]).map(|mark| {
            let code = mark.map_or(NONE, |mark| code_of(&mark));
            let (name, option) = (format!("{}-{at}", marks.form), format!("{}-{at}-{code}", marks.form));
            let chosen = move || marks.given.with(|given| given.get(at).copied().flatten() == Some(mark));
            view! {
                <span class="mark">
                    <input type="radio" id=option.clone() name=name value=code prop:checked=chosen
                        on:focus=move |_| marks.at.set(at) on:change=move |_| marks.give(at, mark)/>
                    <label for=option>{words_of(criterion, mark)}</label>
                </span>
            }
        });
        let current = move || marks.at.get() == at;
        view! {
            <fieldset class="criterion" class:current=current id=marks.row(at) tabindex="-1" on:focus=move |_| marks.at.set(at)>
                <legend>{name_of("criterion", &criterion)}</legend>
                <div class="mark-row">{choices.collect_view()}</div>
            </fieldset>
        }
    });
    let done = move || {
        let (given, all) = marks.count();
        let count = |count: usize| digits(&count.to_string());
        fill(key::QUALITY_MARKED, &[("n", &count(given)), ("m", &count(all))])
    };
    view! {
        <p class="hint"><span role="status">{done}</span>" "<KeyCap letter='0'/><KeyCap letter='1'/><KeyCap letter='2'/></p>
        <div class="criteria">{rows.collect_view()}</div>
    }
}

/// Marks as they were given.
#[component]
pub fn Given(kind: CallKind, marks: Vec<Marked>) -> impl IntoView {
    let rows = kind.criteria().iter().filter_map(move |criterion| {
        let marked = marks.iter().find(|marked| marked.criterion == *criterion)?;
        let low = marked.mark.is_some_and(|mark| mark != Mark::Fully);
        Some(view! {
            <div><dt>{name_of("criterion", criterion)}</dt><dd class:low=low>{words_of(*criterion, marked.mark)}</dd></div>
        })
    });
    view! { <dl class="given">{rows.collect_view()}</dl> }
}
