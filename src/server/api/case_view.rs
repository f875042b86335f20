//! A case as one reader sees it: what each role is told, and what not.

use crate::app::App;
use crate::store::{StoreError, StoredEvent};
use model::api::{CaseLine, CaseView, TimelineEntry};
use model::lifecycle::{Case, Event, EventBody, EventKind, Party, Statement, open_actions};
use model::{Actor, Language, Role, Time, text};

/// Makes the view of a case for somebody who may read it.
///
/// # Errors
/// Where the store does not answer.
pub async fn view(app: &App, case: &Case, reader: &Actor, now: Time) -> Result<CaseView, StoreError> {
    let history = app.store.history(case.reference).await?;
    let first = history.first().and_then(|stored| stored.event.statement.clone());
    let first = first.unwrap_or_else(|| Statement::new(String::new()));
    let hidden = case.shielded && reader.role.is_of_department();
    let mobile = app.store.mobile_of(case.citizen).await?.map(|mobile| mobile.masked());
    let verified = case.number_verified || app.store.is_verified(case.citizen).await?;
    Ok(CaseView {
        line: line(case, &first, app),
        channel: case.channel,
        text: first.text,
        landmark: first.landmark,
        name: (!hidden).then_some(first.name),
        mobile: mobile.filter(|_| !hidden),
        number_verified: verified,
        shielded: case.shielded,
        holder: case.holder(),
        office_name: case.office.and_then(|office| app.offices.get(&office)).map(|office| office.name.clone()),
        citizen_seconds: case.citizen_clock.elapsed(now, &app.rules.calendar, case.lane).num_seconds(),
        holder_seconds: case.holder_elapsed(&app.rules, now).num_seconds(),
        holder_due: case.holder_due(&app.rules),
        closed_at: case.closed_at,
        contacts: case.contacts,
        outcome: case.atr,
        visit_due: case.visit_due,
        root: case.root,
        offered_to: case.offered.as_ref().map(|offer| offer.to.clone()),
        photos: history.first().map(|stored| stored.event.body.photos().to_vec()).unwrap_or_default(),
        timeline: timeline(&history, reader),
        actions: open_actions(case, reader, &app.rules, now),
    })
}

fn line(case: &Case, first: &Statement, app: &App) -> CaseLine {
    CaseLine {
        reference: case.reference,
        version: case.version,
        title: text::title(&first.text),
        language: first.language,
        stage: case.stage,
        lane: case.lane,
        district: case.district,
        place: case.place,
        category: case.category.clone(),
        department: case.department.clone(),
        office: case.office,
        lodged_at: case.lodged_at,
        stage_since: case.stage_since,
        due: case.due(&app.rules),
        disputes: case.disputes,
    }
}

/// Newest first. Citizens are not shown what only those inside need: notes and draws that led to nothing.
fn timeline(history: &[StoredEvent], reader: &Actor) -> Vec<TimelineEntry> {
    let citizen = reader.role == Role::Citizen;
    history
        .iter()
        .rev()
        .map(|stored| &stored.event)
        .filter(|event| event.body.kind() != EventKind::VisitNotDrawn)
        .filter(|event| !(citizen && event.body.kind() == EventKind::Noted))
        .map(|event| entry(event, citizen))
        .collect()
}

fn entry(event: &Event, citizen: bool) -> TimelineEntry {
    // A remark to a call is meant for the cell; the grievance itself stands at the top of the page.
    let private = citizen && event.body.kind() == EventKind::CallRecorded;
    let statement = event.statement.as_ref().filter(|_| event.body.kind() != EventKind::Lodged && !private);
    TimelineEntry {
        at: event.at,
        kind: event.body.kind(),
        detail: event.body.detail().map(str::to_owned),
        role: event.by.role,
        department: event.by.department.clone(),
        to: destination(event),
        text: statement.map(|statement| statement.text.clone()),
        language: statement.map_or(Language::English, |statement| statement.language),
        photos: event.body.photos().to_vec(),
        setback: event.body.is_setback(),
        redresses: event.body.redresses(),
    }
}

fn destination(event: &Event) -> Option<Party> {
    match &event.body {
        EventBody::Categorised { department, .. } => Some(Party { department: department.clone(), office: None }),
        EventBody::TransferOffered { to } => Some(to.clone()),
        EventBody::Forwarded { office } => {
            Some(Party { department: event.by.department.clone().unwrap_or_default(), office: Some(*office) })
        }
        _ => None,
    }
}
