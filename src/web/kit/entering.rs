//! What is typed, ticked and chosen.

use crate::state;
use leptos::prelude::*;
use model::date::{DateProblem, Towards};
use web::component::{Album, Checkbox, DateField, Errors, Photos, Radios, Suggest, TextArea, TextField, date_problem};
use web::i18n::{key, name_of, t};
use web::reference::Choice;

fn typed(text: &str) -> RwSignal<String> {
    RwSignal::new(text.to_owned())
}

/// Something wrong at a control; several states stand on one page, and none takes the focus.
fn wrong(id: &'static str, words: String) -> Errors {
    let errors = Errors::new();
    errors.show_one(id, words);
    errors
}

/// Lines and many lines: empty, filled, wrong.
pub fn text() -> AnyView {
    let missing = || t(key::REFUSAL_TEXT_MISSING);
    view! {
        {state("Empty, with a hint", view! { <TextField id="empty" label=t(key::FIELD_ROOT) hint=t(key::MERGE_HINT) value=typed("") errors=Errors::new()/> })}
        {state("Filled", view! { <TextField id="filled" label=t(key::FIELD_ROOT) value=typed("4831 9027 5516") errors=Errors::new()/> })}
        {state("Wrong", view! { <TextField id="wrong" label=t(key::FIELD_ROOT) value=typed("48") errors=wrong("wrong", t(key::STAFF_OPEN_WRONG))/> })}
        {state("Many lines", view! { <TextArea id="lines" label=t(key::FIELD_REASON) value=typed("ছবিতে অন্য রাস্তা।") errors=Errors::new()/> })}
        {state("Many lines, wrong", view! { <TextArea id="lines-wrong" label=t(key::FIELD_REASON) value=typed("") errors=wrong("lines-wrong", missing())/> })}
    }
    .into_any()
}

/// Empty, understood, doubtful, wrong.
pub fn date() -> AnyView {
    let label = || t(key::FIELD_NEXT_DATE);
    let to_come = Towards::Future;
    view! {
        {state("Empty", view! { <DateField id="day" label=label() value=typed("") towards=to_come errors=Errors::new()/> })}
        {state("Understood", view! { <DateField id="day-known" label=label() value=typed("৫.১১.২৬") towards=to_come errors=Errors::new()/> })}
        {state("Not understood", view! { <DateField id="day-doubt" label=label() value=typed("11/25/2026") towards=to_come errors=Errors::new()/> })}
        {state("Wrong", view! { <DateField id="day-wrong" label=label() value=typed("31/6/2026") towards=to_come errors=wrong("day-wrong", t(date_problem(DateProblem::NoSuchDay)))/> })}
        {state("What it may say", view! { <ul>{DateProblem::ALL.map(|problem| view! { <li>{t(date_problem(problem))}</li> }).collect_view()}</ul> })}
    }
    .into_any()
}

/// Empty, ticked, some, wrong.
pub fn checkbox() -> AnyView {
    let label = || t(key::SCASE_VISIT_DUE);
    let none = Errors::new;
    view! {
        {state("Not ticked", view! { <Checkbox id="tick" label=label() hint=t(key::FIELD_SIDE_HINT) value=RwSignal::new(false) errors=none()/> })}
        {state("Ticked", view! { <Checkbox id="ticked" label=label() value=RwSignal::new(true) errors=none()/> })}
        {state("Some of them", view! { <Checkbox id="some" label=label() value=RwSignal::new(false) some=Signal::stored(true) errors=none()/> })}
        {state("Wrong", view! { <Checkbox id="tick-wrong" label=label() value=RwSignal::new(false) errors=wrong("tick-wrong", t(key::FIELD_CHOOSE))/> })}
    }
    .into_any()
}

/// Nothing chosen, chosen, wrong.
pub fn radios() -> AnyView {
    let options = || {
        let lanes = [model::clock::Lane::Emergency2, model::clock::Lane::Emergency24, model::clock::Lane::Ordinary];
        lanes.map(|lane| (model::names::code_of(&lane).to_owned(), name_of("lane", &lane))).to_vec()
    };
    let legend = || t(key::FIELD_LANE);
    view! {
        {state("Nothing chosen", view! { <Radios id="none" legend=legend() options=options() value=typed("") errors=Errors::new()/> })}
        {state("Chosen", view! { <Radios id="one" legend=legend() options=options() value=typed("ordinary") errors=Errors::new()/> })}
        {state("Wrong", view! { <Radios id="radios-wrong" legend=legend() options=options() value=typed("") errors=wrong("radios-wrong", t(key::FIELD_CHOOSE))/> })}
    }
    .into_any()
}

/// Empty, chosen, wrong; the list opens as somebody types.
pub fn suggest() -> AnyView {
    let choices = || {
        let names = ["Bolpur", "Bolpur-Sriniketan", "Balurghat", "বোলপুর (পুরসভা)"];
        let all: Vec<Choice<usize>> =
            names.iter().enumerate().map(|(at, name)| Choice::new((*name).to_owned(), name, &[], at)).collect();
        Signal::stored(all)
    };
    let label = || t(key::FIELD_PLACE);
    view! {
        {state("Empty", view! { <Suggest id="place" label=label() choices=choices() value=RwSignal::new(None) errors=Errors::new()/> })}
        {state("Chosen", view! { <Suggest id="place-known" label=label() choices=choices() value=RwSignal::new(Some(1)) errors=Errors::new()/> })}
        {state("Wrong", view! { <Suggest id="place-wrong" label=label() choices=choices() value=RwSignal::new(None) errors=wrong("place-wrong", t(key::FIELD_CHOOSE))/> })}
    }
    .into_any()
}

/// No photo yet.
pub fn photos() -> AnyView {
    state(
        "None yet",
        view! { <Photos label=t(key::FIELD_PHOTOS) album=Album::of(RwSignal::new(Vec::new())) errors=Errors::new()/> },
    )
}
