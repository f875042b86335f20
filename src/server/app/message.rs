//! What people are told: messages from their templates, with what each of them says of a case. The messenger sends them.

use crate::link;
use crate::state::App;
use crate::store::{NewMessage, StoreError};
use crate::tables::Tables;
use model::lifecycle::{Case, Event, EventBody};
use model::message::{Template, for_citizen, render};
use model::names::code_of;
use model::wire::Names;
use model::{Language, Mobile, Reference, Time, answer};

/// A message from its template, in a language.
#[must_use]
pub fn compose(
    tables: &Tables,
    template: Template,
    language: Language,
    to: &Mobile,
    variables: &[String],
) -> Option<NewMessage> {
    let text = tables.template(template, language)?;
    let variables: Vec<String> = variables.iter().map(|variable| in_message(language, variable)).collect();
    Some(NewMessage {
        reference: None,
        to: to.clone(),
        template: code_of(&template).to_owned(),
        registered_id: text.id.clone(),
        language,
        body: render(&text.pattern, &variables),
        expires: None,
        asked_for: false,
    })
}

/// The replies for yes and for no that a new question to a number can offer: none that an earlier one there has offered.
///
/// # Errors
/// Where the store does not answer.
pub async fn codes_of(app: &App, case: &Case, to: &Mobile) -> Result<(u8, u8), StoreError> {
    let all = app.store.cases_of(case.citizen).await?;
    let first = all.last().is_none_or(|oldest| oldest.reference == case.reference);
    let questions = app.store.questions_to(to).await?;
    let offered: Vec<_> = questions.iter().filter_map(|question| answer::offered(&question.body)).collect();
    Ok(answer::free_codes(answer::codes(case.reference, first, case.reports), &offered))
}

/// Messages to the citizen about these events. `due` is the due date that a new case promises, `codes` are the answers to a
/// question: yes and no.
#[must_use]
pub fn to_citizen(
    app: &App,
    case: &Case,
    events: &[Event],
    due: Option<Time>,
    to: &Mobile,
    codes: (u8, u8),
) -> Vec<NewMessage> {
    let told = events.iter().filter_map(|event| {
        let template = for_citizen(case, event)?;
        let variables = variables(app, case, &event.body, template, due, codes);
        let message = compose(&app.facts.tables, template, case.language, to, &variables)?;
        // Nobody is called to what is over.
        let expires = match &event.body {
            EventBody::HearingSet { at, .. } => Some(*at),
            _ => message.expires,
        };
        Some(NewMessage { reference: Some(case.reference), expires, ..message })
    });
    told.collect()
}

/// The variables of a message to a citizen, in the order of its template.
fn variables(
    app: &App,
    case: &Case,
    body: &EventBody,
    template: Template,
    due: Option<Time>,
    (yes, no): (u8, u8),
) -> Vec<String> {
    let tables = &app.facts.tables;
    let mut variables = vec![case.reference.grouped()];
    match body {
        EventBody::Lodged { .. } => {
            let emergency = case.lane.is_emergency();
            let said = |due| if emergency { tables.hour(due, case.language) } else { tables.day(due, case.language) };
            variables.push(due.map(said).unwrap_or_default());
        }
        EventBody::HearingSet { at, .. } => variables.push(tables.hour(*at, case.language)),
        EventBody::Merged { root: other } | EventBody::Split { into: other } => variables.push(other.grouped()),
        _ if template == Template::RedressedWith => {
            variables.push(case.root.map(|root| root.grouped()).unwrap_or_default());
        }
        _ if template == Template::WithDepartment => {
            let names = case.department.as_ref().and_then(|code| tables.department(code)).map(|found| &found.short);
            variables.push(names.map_or(String::new(), |names: &Names| {
                // The sentence has its own full stop.
                names.of(case.language).trim_end_matches('.').to_owned()
            }));
        }
        _ => {}
    }
    if Template::ASKING.contains(&template) {
        variables.extend([yes.to_string(), no.to_string()]);
    }
    variables.push(link::address(app, case));
    variables
}

/// Messages to officers about a case that they hold.
#[must_use]
pub fn to_officers(app: &App, of: Reference, template: Template, officers: &[Mobile]) -> Vec<NewMessage> {
    let variables = [of.grouped()];
    let told = officers.iter().filter_map(|to| compose(&app.facts.tables, template, Language::Bengali, to, &variables));
    told.collect()
}

/// Messages to the officers of a department that is called to a hearing; useless once it has begun.
#[must_use]
pub fn to_a_hearing(app: &App, of: Reference, at: Time, officers: &[Mobile]) -> Vec<NewMessage> {
    let (tables, language) = (&app.facts.tables, Language::Bengali);
    let variables = [of.grouped(), tables.hour(at, language)];
    let told = officers.iter().filter_map(|to| compose(tables, Template::HearingForOffice, language, to, &variables));
    told.map(|message| NewMessage { reference: Some(of), expires: Some(at), ..message }).collect()
}

/// A variable in the form for a message: with plain spaces, since others would make the message longer. Between Urdu
/// words, though, the groups of a number keep their order only with a separator that is "common" to numbers.
fn in_message(language: Language, variable: &str) -> String {
    let number = variable.chars().all(|c| c.is_ascii_digit() || c == '\u{A0}');
    match language {
        Language::Urdu if number => variable.to_owned(),
        _ => variable.replace('\u{A0}', " "),
    }
}
