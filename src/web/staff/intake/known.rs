//! Who may be speaking: the people and grievances of a number. Many share a telephone, so nothing is filled in before somebody
//! was chosen.

use super::form::{Entered, Form};
use super::tie;
use crate::keys::{KeyCap, Keys};
use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::{CaseLine, KnownCaller, KnownPerson};
use web::component::{Remote, title_of};
use web::format::{counted, date};
use web::hook::Fetched;
use web::i18n::{key, name_of, t};
use web::reference::{place, use_tables};
use web::route::{focus_later, href};

/// Id of the heading over the people, which has the focus while somebody is chosen by a digit.
pub const PEOPLE: &str = "people";

/// Grievances that are shown.
const SHOWN: usize = 8;

/// The people and grievances of the number in the form.
#[component]
pub fn Known(form: Form, fresh: StoredValue<Entered>, known: Fetched<KnownCaller>) -> impl IntoView {
    move || {
        known.state.with(|known| match known {
            Remote::Idle => ().into_any(),
            Remote::Loading => view! { <p role="status">{t(key::LOADING)}</p> }.into_any(),
            Remote::Failed(error) => view! { <p class="error" role="alert">{error.message()}</p> }.into_any(),
            Remote::Loaded(known) if known.cases.is_empty() => {
                view! { <p role="status">{t(key::INTAKE_NONE)}</p> }.into_any()
            }
            Remote::Loaded(KnownCaller { people, cases }) => {
                let people = (!people.is_empty()).then(|| view! { <People form fresh people=people.clone()/> });
                let rows = cases.iter().take(SHOWN).map(|line| row(form, line)).collect_view();
                view! { {people}<h2>{t(key::INTAKE_EARLIER)}</h2><ul>{rows}</ul> }.into_any()
            }
        })
    }
}

/// Whom to choose by a digit; 0 is somebody else.
#[component]
fn People(form: Form, fresh: StoredValue<Entered>, people: Vec<KnownPerson>) -> impl IntoView {
    let tables = use_tables();
    let chosen = RwSignal::new(None::<usize>);
    let choose = move |at: usize, person: &KnownPerson| {
        form.put(form.entered().of_person(person));
        chosen.set(Some(at));
        focus_later("text");
    };
    let somebody_else = move || {
        // What the wrong one has brought goes; what was typed before anybody was chosen stays.
        if chosen.get_untracked().is_some() {
            form.put(untrack(|| form.entered()).of_nobody(&fresh.get_value()));
        }
        chosen.set(None);
        focus_later("name");
    };
    if let Some(keys) = Keys::of_app() {
        for (at, person) in people.iter().cloned().enumerate() {
            let Some(digit) = digit(at + 1) else { break };
            keys.bind(digit, person.name.clone(), move || untrack(|| choose(at, &person)));
        }
        keys.bind('0', t(key::PHONE_ELSE), somebody_else);
    }
    let rows = people.into_iter().enumerate().map(|(at, person)| {
        let (district, of) = (person.district, person.place);
        let lives =
            move || tables.with(|tables| tables.loaded().map(|tables| place(tables, district, of)).unwrap_or_default());
        let about = format!("{} · {}", counted(key::PHONE_CASES, person.cases), date(person.latest));
        let (name, landmark) = (person.name.clone(), person.landmark.clone());
        view! {
            <li>
                <button type="button" class="person" aria-pressed=move || (chosen.get() == Some(at)).to_string()
                    on:click=move |_| untrack(|| choose(at, &person))>
                    <span class="person-name" dir="auto">{name}</span>
                    {digit(at + 1).map(|letter| view! { <KeyCap letter/> })}
                    <span class="hint"><bdi>{landmark}</bdi>" "{lives}" · "{about}</span>
                </button>
            </li>
        }
    });
    view! {
        <h2 id=PEOPLE tabindex="-1">{t(key::PHONE_WHO)}</h2>
        <ul class="people">
            {rows.collect_view()}
            <li><button type="button" class="person" on:click=move |_| somebody_else()>
                <span class="person-name">{t(key::PHONE_ELSE)}</span><KeyCap letter='0'/>
            </button></li>
        </ul>
    }
}

fn digit(number: usize) -> Option<char> {
    char::from_digit(u32::try_from(number).ok()?, 10)
}

/// An earlier grievance. Opened during a call, the call was about it.
fn row(form: Form, line: &CaseLine) -> impl IntoView + use<> {
    let reference = line.reference;
    view! {
        <li>
            <a data-nav href=href(&StaffPage::Case(reference)) lang=line.language.tag() dir="auto"
                on:click=move |_| tie(form.call.get_untracked(), reference)>{title_of(line)}</a>
            <span class="hint">" "{name_of("stage", &line.stage)}" · "{reference.grouped()}</span>
        </li>
    }
}
