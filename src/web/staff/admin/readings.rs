//! Who has read what, and who has done what, by person, case, department, office and day.

use super::role_of;
use crate::download::save;
use crate::kept_lists::use_kept_pages;
use crate::pickers::{OfficeField, from_tables};
use crate::search::filter;
use chrono::{Datelike, NaiveDate, Timelike};
use leptos::prelude::*;
use model::date::{Towards, read};
use model::names::code_of;
use model::page::StaffPage;
use model::reading::ReadingOf;
use model::wire::{Deed, ListReadings, ProblemCode, READING_DAYS, ReadingLine, ReadingPage, ReadingsRequest};
use model::{DepartmentCode, OfficeId, Reference, Time};
use web::api::{CallError, Conditions, call};
use web::component::{
    DateField, ErrorSummary, Errors, Pager, Remote, SubmitButton, Suggest, TextField, date_problem, today,
};
use web::format::{counted, digits, moment};
use web::i18n::{fill, key, name_of, t};
use web::reference::{Choice, department, department_choices, use_tables};
use web::route::{href, set_title, use_nav};
use web::start::is_written;

/// Ids of the fields, and their names in the address.
const ACCOUNT: &str = "account";
const CASE: &str = "case";
const WHAT: &str = "what";
const DEPARTMENT: &str = "department";
const OFFICE: &str = "office";
const FROM: &str = "from";
const TO: &str = "to";
const DONE: &str = "done";

/// The page.
#[component]
pub fn Readings(
    /// What is looked for, as in the address: Back and a reload find it again.
    query: String,
) -> impl IntoView {
    set_title(&t(key::READINGS_TITLE));
    let (errors, tables, nav) = (Errors::new(), use_tables(), use_nav::<StaffPage>());
    // What is looked for: the form as it was sent.
    let before = of_query(&query);
    let text = |name: &str| RwSignal::new(filter(&query, name).unwrap_or_default());
    let (account, case, from, to) = (text(ACCOUNT), text(CASE), text(FROM), text(TO));
    let (department, office) = (RwSignal::new(before.department.clone()), RwSignal::new(before.office));
    let what = RwSignal::new(before.what);
    let done = RwSignal::new(before.done);
    let asked = RwSignal::new(before);
    let shows = move || format!("readings {}", asked.with(to_query));
    let pages = use_kept_pages::<ReadingPage, _>(shows, move |cursor| {
        let request = ReadingsRequest { cursor, ..asked.get_untracked() };
        async move {
            let answer = call(&ListReadings {}, &request, Conditions::default()).await;
            if let Err(CallError::Problem(problem)) = &answer
                && !request.account.is_empty()
                && problem.code == ProblemCode::NotFound
            {
                errors.show_one(ACCOUNT, t(key::READINGS_NOBODY));
            }
            answer
        }
    });
    let look = move || {
        let mut wrong = Vec::new();
        let mut day = |id: &'static str, typed: RwSignal<String>| {
            let typed = typed.get_untracked();
            if model::text::is_blank(&typed) {
                return None;
            }
            match read(&typed, today(), Towards::Past) {
                Ok(day) => Some(day),
                Err(problem) => {
                    wrong.push((id, t(date_problem(problem))));
                    None
                }
            }
        };
        let (from, to) = (day(FROM, from), day(TO, to));
        let typed = case.get_untracked();
        let case = if model::text::is_blank(&typed) { None } else { Some(Reference::parse(&typed)) };
        if matches!(case, Some(Err(_))) {
            wrong.push((CASE, t(key::READINGS_NO_CASE)));
        }
        // What stands in a field and was not chosen would not be looked for.
        for (id, chosen) in [
            (WHAT, done.get_untracked() || what.with_untracked(Option::is_some)),
            (DEPARTMENT, department.with_untracked(Option::is_some)),
            (OFFICE, office.with_untracked(Option::is_some)),
        ] {
            if !chosen && is_written(id) {
                wrong.push((id, t(key::READINGS_UNMATCHED)));
            }
        }
        let of_account = !account.with_untracked(|name| model::text::is_blank(name));
        let narrow = case.is_some() || (of_account && !done.get_untracked());
        if let Some(from) = from {
            let to = to.unwrap_or_else(today);
            if from > to {
                wrong.push((FROM, t(key::READINGS_ORDER)));
            } else if !narrow && (to - from).num_days() >= READING_DAYS {
                let words = if done.get_untracked() { key::READINGS_TOO_LONG_DONE } else { key::READINGS_TOO_LONG };
                wrong.push((FROM, t(words)));
            }
        }
        if !wrong.is_empty() {
            pages.list.forget();
            return errors.show(wrong);
        }
        errors.clear();
        asked.set(ReadingsRequest {
            account: account.get_untracked().trim().to_owned(),
            case: case.and_then(Result::ok),
            department: department.get_untracked(),
            office: office.get_untracked(),
            what: what.get_untracked().filter(|_| !done.get_untracked()),
            done: done.get_untracked(),
            from,
            to,
            cursor: String::new(),
        });
        nav.note(&StaffPage::Readings(asked.with_untracked(to_query)));
        pages.load();
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        look();
    };
    let only = Callback::new(move |name: String| {
        account.set(name);
        look();
    });
    let kinds = Signal::stored(
        ReadingOf::ALL
            .into_iter()
            .map(|kind| Choice::new(name_of("reading", &kind), &name_of("reading", &kind), &[], kind))
            .collect::<Vec<_>>(),
    );
    let departments = from_tables(tables, department_choices);
    let shown = move || {
        let words = if done.get() { key::READINGS_LINES } else { key::READINGS_SHOWN };
        pages.list.with(|page| counted(words, page.rows.len()))
    };
    let until = move || {
        pages.list.with(|page| page.until).flatten().map(|at| fill(key::READINGS_UNTIL, &[("time", &moment(at))]))
    };
    let loaded = Memo::new(move |_| pages.list.with(|_| ()).is_some());
    let one_of = move |words: (&'static str, &'static str)| move || t(if done.get() { words.1 } else { words.0 });
    let tab = move |of: bool| {
        let pressed = move || (done.get() == of).to_string();
        let words = t(if of { key::READINGS_DONE } else { key::READINGS_READ });
        view! {
            <li><button type="button" class="tab" aria-pressed=pressed on:click=move |_| {
                done.set(of);
                look();
            }>{words}</button></li>
        }
    };
    let busy = Signal::derive(move || pages.list.state.with(|state| *state == Remote::Loading));
    view! {
        <h1>{t(key::READINGS_TITLE)}</h1>
        <nav class="tabs" aria-label=t(key::READINGS_TITLE)><ul>{tab(false)}{tab(true)}</ul></nav>
        <p>{one_of((key::READINGS_LEAD, key::READINGS_LEAD_DONE))}</p>
        <form novalidate class="panel readings-form" autocomplete="off" on:submit=submit>
            <ErrorSummary errors/>
            <div class="filters">
                <TextField id=ACCOUNT label=t(key::ACCOUNTS_USERNAME) value=account errors/>
                <TextField id=CASE label=t(key::READINGS_CASE) value=case errors/>
                {move || (!done.get()).then(|| view! { <Suggest id=WHAT label=t(key::READINGS_WHAT) choices=kinds value=what errors/> })}
                <Suggest id=DEPARTMENT label=t(key::FIELD_DEPARTMENT) choices=departments value=department errors/>
                {move || department.get().is_some().then(|| view! {
                    <div><OfficeField value=office department=department.into() district=None of_place=None errors/></div>
                })}
                <DateField id=FROM label=t(key::READINGS_FROM) value=from towards=Towards::Past errors/>
                <DateField id=TO label=t(key::READINGS_TO) value=to towards=Towards::Past errors/>
            </div>
            <p class="hint">{one_of((key::READINGS_DAYS, key::READINGS_DAYS_DONE))}</p>
            <SubmitButton label=t(key::READINGS_LOOK) busy_label=t(key::LOADING) busy/>
        </form>
        {move || errors.of(ACCOUNT).is_none().then(|| pages.list.draw(|_| ()))}
        {move || pages.list.with(|page| page.rows.is_empty()).map(|none| if none {
            view! { <p class="empty" role="status">{one_of((key::READINGS_NONE, key::READINGS_NONE_DONE))}</p> }.into_any()
        } else {
            view! {
                <p class="hint" role="status">{shown}</p>
                <div class="scroll" tabindex="0" role="region" aria-label=t(key::READINGS_TITLE)>
                    <table class="readings" role="table">
                        <thead role="rowgroup"><tr role="row">
                            <th scope="col" role="columnheader">{t(key::READINGS_WHEN)}</th>
                            <th scope="col" role="columnheader">{t(key::READINGS_WHO)}</th>
                            <th scope="col" role="columnheader">{one_of((key::READINGS_WHAT, key::READINGS_STEP))}</th>
                            <th scope="col" role="columnheader">{t(key::READINGS_OF)}</th>
                            {move || (!done.get()).then(|| view! { <th scope="col" role="columnheader">{t(key::READINGS_WHY)}</th> })}
                        </tr></thead>
                        <tbody role="rowgroup"><For each=move || pages.rows() key=|line| line.seq children=move |line| view! { <Line line only/> }/></tbody>
                    </table>
                </div>
                <p class="buttons"><button type="button" class="button second" id="save-readings" on:click=move |_| save("readings.csv", &csv(&pages.rows()))>{t(key::READINGS_SAVE)}</button></p>
            }.into_any()
        })}
        <p class="hint" role="status">{until}</p>
        // One for each list: what was looked for before may have had more.
        {move || loaded.get().then(|| view! { <Pager has_more=Signal::derive(move || pages.has_more()) state=pages.more more=Callback::new(move |()| pages.load_more())/> })}
    }
}

/// What an address asks for; what cannot be read in it is left out.
fn of_query(query: &str) -> ReadingsRequest {
    let value = |name: &str| filter(query, name);
    let day = |name: &str| value(name).and_then(|day| day.parse::<NaiveDate>().ok());
    ReadingsRequest {
        account: value(ACCOUNT).unwrap_or_default(),
        case: value(CASE).and_then(|case| Reference::parse(&case).ok()),
        department: value(DEPARTMENT).map(DepartmentCode::from),
        office: value(OFFICE).and_then(|office| office.parse().ok()).map(OfficeId::new),
        what: value(WHAT).and_then(|what| what.parse().ok()),
        from: day(FROM),
        to: day(TO),
        done: value(DONE).is_some(),
        cursor: String::new(),
    }
}

/// The same as a query. An account of other letters than accounts have is left out: there is none.
fn to_query(asked: &ReadingsRequest) -> String {
    let is_name = |name: &&String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let pairs = [
        (ACCOUNT, Some(&asked.account).filter(is_name).filter(|name| !name.is_empty()).cloned()),
        (CASE, asked.case.map(|case| case.to_string())),
        (DEPARTMENT, asked.department.as_ref().map(|code| code.as_str().to_owned())),
        (OFFICE, asked.office.map(|office| office.to_string())),
        (WHAT, asked.what.map(|what| code_of(&what).to_owned())),
        (FROM, asked.from.map(|day| day.to_string())),
        (TO, asked.to.map(|day| day.to_string())),
        (DONE, asked.done.then(|| "yes".to_owned())),
    ];
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A reading. On a phone the rows are drawn as cards, which takes their meaning from them: the roles give it back.
#[component]
fn Line(line: ReadingLine, only: Callback<String>) -> impl IntoView {
    let tables = use_tables();
    let ReadingLine { at, account, name, role, department: of, what, case, count, reason, .. } = line;
    let place = move || {
        let of = of.as_ref()?;
        tables.with(|tables| tables.loaded().map(|tables| format!(", {}", department(tables, of))))
    };
    let who = if account.is_empty() {
        view! { <span class="hint">{t(key::READINGS_UNKNOWN)}</span> }.into_any()
    } else {
        let wanted = account.clone();
        view! {
            <bdi>{name}</bdi>" "
            <button type="button" class="link" title=t(key::READINGS_ONLY) on:click=move |_| only.run(wanted.clone())>{account}</button>
        }
        .into_any()
    };
    let of_case = case.map(|case| {
        view! { <a data-nav class="reference" href=href(&StaffPage::Case(case))>{case.grouped()}</a> }
    });
    let (of_readings, is_reading) = (what == Deed::Read(ReadingOf::Readings), matches!(what, Deed::Read(_)));
    // Of one case nothing need be counted.
    let several = (case.is_none() || count != 1)
        .then(|| counted(if of_readings { key::READINGS_LINES } else { key::READINGS_CASES }, count));
    let what = match what {
        Deed::Read(what) => name_of("reading", &what),
        Deed::Did(kind) => name_of("event", &kind),
    };
    view! {
        <tr role="row">
            <th scope="row" role="rowheader">{moment(at)}</th>
            <td role="cell">{who}<br/><span class="hint">{role_of(role)}{place}</span></td>
            <td role="cell">{what}</td>
            <td role="cell">{of_case}" "{several}</td>
            {is_reading.then(|| view! { <td role="cell" class="said" dir="auto">{digits(&reason)}</td> })}
        </tr>
    }
}

/// The rows as a spreadsheet reads them: codes instead of words, times in UTC.
fn csv(rows: &[ReadingLine]) -> String {
    // By the mark at its beginning a spreadsheet knows how the letters are written.
    let mut out = String::from("\u{FEFF}number,at,account,name,role,department,what,case,count,reason\r\n");
    for row in rows {
        let cells = [
            row.seq.to_string(),
            utc(row.at),
            row.account.clone(),
            row.name.clone(),
            code_of(&row.role).to_owned(),
            row.department.as_ref().map(|code| code.as_str().to_owned()).unwrap_or_default(),
            row.what.code().to_owned(),
            row.case.map(|case| case.to_string()).unwrap_or_default(),
            row.count.to_string(),
            row.reason.clone(),
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&cells.join(","));
        out.push_str("\r\n");
    }
    out
}

/// A moment in RFC 3339; chrono's own words for it are left out of the download.
fn utc(at: Time) -> String {
    let (day, clock, millis) = (at.date_naive(), at.time(), at.timestamp_subsec_millis());
    let (year, month, day) = (day.year(), day.month(), day.day());
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.{millis:03}Z",
        clock.hour(),
        clock.minute(),
        clock.second()
    )
}

/// A cell. What a spreadsheet would take for a formula is text.
fn quoted(cell: &str) -> String {
    let guard = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Role;

    #[test]
    fn what_is_looked_for_stands_in_the_address() {
        let asked = ReadingsRequest {
            account: "officer.phe".into(),
            case: Some(Reference::from_payload(7)),
            department: Some("PHE".into()),
            office: Some(OfficeId::new(9)),
            what: Some(ReadingOf::Number),
            from: NaiveDate::from_ymd_opt(2026, 11, 5),
            to: NaiveDate::from_ymd_opt(2026, 11, 6),
            done: true,
            cursor: String::new(),
        };
        assert_eq!(of_query(&to_query(&asked)), asked);
        assert_eq!(to_query(&ReadingsRequest { account: "a&b=c".into(), ..ReadingsRequest::default() }), "");
        assert_eq!(of_query("what=nothing&case=1&from=never&office=x"), ReadingsRequest::default());
    }

    #[test]
    fn a_reading_is_a_line_and_no_formula() {
        let line = ReadingLine {
            seq: 7,
            at: model::Time::default(),
            account: "officer.phe".into(),
            name: "=HYPERLINK(\"x\")".into(),
            role: Role::OfficeOfficer,
            department: Some("PHE".into()),
            what: Deed::Read(ReadingOf::Number),
            case: None,
            count: 1,
            reason: "he said \"ring me\",\nagain".into(),
        };
        let text = csv(&[line]);
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines.len(), 3);
        let said = "\"7\",\"1970-01-01T00:00:00.000Z\",\"officer.phe\",\"'=HYPERLINK(\"\"x\"\")\",\"office_officer\",\"PHE\",\"number\",\"\",\"1\",\"he said \"\"ring me\"\",\nagain\"";
        assert_eq!(lines[1], said);
    }
}
