//! The offices of a department beside each other: what waits at each, and which of them differ by more than chance. Printed,
//! it is the department's weekly report.

use super::dashboard::{Period, Query, lodged_in};
use crate::kept_lists::use_row_again;
use crate::pickers::from_tables;
use crate::session::{role, use_session};
use leptos::prelude::*;
use model::comparison::{Answers, NAMED, Peers, Sentence, Verdict, WATCHED};
use model::counts::{Dimension, Filter};
use model::names::code_of;
use model::page::StaffPage;
use model::wire::{CompareOffices, ComparedOffice, Comparison, OfficeFigures, SearchFilters};
use model::{DepartmentCode, Duty, OfficeId, Scope};
use web::api;
use web::component::{Column, Errors, SortKey, Suggest, Table};
use web::format::{counted, moment, number, percent};
use web::hook::use_remote;
use web::i18n::{fill, key, language, name_of, t};
use web::reference::{department_choices, use_tables};
use web::route::{Nav, href, print, set_title, use_nav};

/// The page of one department: the one of the address, or whoever reads it works for.
#[component]
pub fn Offices(query: String) -> impl IntoView {
    set_title(&t(key::OFFICES_TITLE));
    let tables = use_tables();
    let session = use_session();
    let own = session.with_untracked(|session| {
        let actor = session.loaded().and_then(|me| me.actor.clone());
        actor.and_then(|actor| if let Scope::Department(code) = actor.scope { Some(code) } else { None })
    });
    // Answers come weeks after a grievance: where the address says no period, a quarter.
    let mut query =
        if query.is_empty() { Query { days: Some(90), filter: Filter::default() } } else { Query::parse(&query) };
    if let Some(code) = &own {
        query.filter = Filter::default().and(Dimension::Department, code.as_str());
        // A pasted address may name another.
        use_nav::<StaffPage>().note(&StaffPage::Offices(query.text()));
    }
    let department = query.code(Dimension::Department).map(DepartmentCode::from);
    let links = role(session).is_some_and(|role| role.has(Duty::WatchFigures));
    view! {
        <h1>{t(key::OFFICES_TITLE)}</h1>
        {own.is_none().then(|| view! { <Choose chosen=department.clone() days=query.days/> })}
        {match department {
            None => view! { <p class="notice">{t(key::OFFICES_CHOOSE)}</p> }.into_any(),
            Some(department) => view! {
                <Period query=query.clone() tables page=StaffPage::Offices/>
                <Department department query links/>
            }
            .into_any(),
        }}
    }
}

/// The choice of a department: only its offices do the same work.
#[component]
fn Choose(#[prop(optional_no_strip)] chosen: Option<DepartmentCode>, days: Option<u16>) -> impl IntoView {
    let nav: Nav<StaffPage> = use_nav();
    let value = RwSignal::new(chosen.clone());
    Effect::new(move |_| {
        if let Some(code) = value.get().filter(|code| Some(code) != chosen.as_ref()) {
            let filter = Filter::default().and(Dimension::Department, code.as_str());
            nav.go(StaffPage::Offices(Query { days, filter }.text()));
        }
    });
    let choices = from_tables(use_tables(), department_choices);
    view! { <div class="filters"><Suggest id="department" label=t(key::FIELD_DEPARTMENT) choices value errors=Errors::new()/></div> }
}

/// A row of the table, with the link to its cases.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    office: ComparedOffice,
    link: String,
}

#[component]
fn Department(department: DepartmentCode, query: Query, links: bool) -> impl IntoView {
    let days = query.days;
    let period = lodged_in(days);
    let of = department.clone();
    let compared = use_remote(move || {
        let call = CompareOffices { department: of.clone(), days };
        async move { api::get(&call).await }
    });
    let back = use_row_again(format!("offices {}", query.text()));
    // Those who work with the cases search them; those who work with figures see the cases behind them.
    let behind = move |office: OfficeId| {
        if !links {
            let (department, office) = (Some(department.clone()), Some(office));
            return href(&StaffPage::Search(
                SearchFilters { department, office, ..SearchFilters::default() }.to_query(),
            ));
        }
        let filter = Filter::default().and(Dimension::Department, department.as_str());
        let filter = filter.and(Dimension::Office, office.to_string());
        // Whenever lodged, as what waits.
        href(&StaffPage::Cases(Query { days: None, filter }.text()))
    };
    view! {
        {compared.draw(move |compared: &Comparison| {
            back();
            let Comparison { as_of, total, peers, offices } = compared;
            let row = |office: &ComparedOffice| Row { office: office.clone(), link: behind(office.office) };
            let mut rows: Vec<Row> = offices.iter().map(row).collect();
            // Those who stand out first, then by name: an order by share would be a league table.
            rows.sort_by_key(|row| (row.office.verdict.rank(), row.office.name.of(language()).to_owned()));
            let rows = Signal::stored(rows);
            view! {
                <p class="hint">{fill(key::DASH_AS_OF, &[("time", &moment(*as_of))])}" · "{t(period)}</p>
                <Whole total=*total/>
                {without_office(compared)}
                {unattended(offices)}
                <p class="lead" id="offices-finding">{finding(compared.sentence())}</p>
                {peers.map(|peers| view! { <Funnel peers offices=offices.clone()/> })}
                <div class="side-by-side">
                    <Table name="offices" caption=t(key::OFFICES_TITLE) columns=columns() rows href=|row: &Row| row.link.clone() empty=t(key::OFFICES_NONE)/>
                </div>
                <p><button type="button" class="button second" on:click=|_| print()>{t(key::OFFICES_PRINT)}</button></p>
            }
        })}
        <details class="definitions">
            <summary>{t(key::DASH_DEFINITIONS)}</summary>
            <p>{t(key::OFFICES_DEF_AGREED)}</p><p>{t(key::OFFICES_DEF_INTERVAL)}</p><p>{t(key::OFFICES_DEF_BOUNDS)}</p><p>{t(key::OFFICES_DEF_VERDICT)}</p><p>{t(key::OFFICES_DEF_WAITING)}</p>
        </details>
    }
}

/// How many open cases no office has, in a sentence.
fn without_office(compared: &Comparison) -> Option<impl IntoView + use<>> {
    let (desk, late) = compared.without_office();
    let words = move || fill(key::OFFICES_DESK, &[("n", &number(desk)), ("late", &number(late))]);
    (desk > 0).then(|| view! { <p>{words()}</p> })
}

/// At how many offices cases wait for nobody, in a sentence; nothing where there are none.
fn unattended(offices: &[ComparedOffice]) -> Option<impl IntoView + use<>> {
    let count = offices.iter().filter(|office| office.is_unattended()).count();
    (count > 0).then(|| view! { <p class="failed" role="alert">{counted(key::OFFICES_UNATTENDED, count)}</p> })
}

/// What the comparison says, in a sentence.
fn finding(sentence: Sentence) -> String {
    let count = |offices: usize| number(u32::try_from(offices).unwrap_or(u32::MAX));
    match sentence {
        Sentence::Few => t(key::OFFICES_FEW),
        Sentence::Alike(alike) => fill(key::OFFICES_ALIKE, &[("n", &count(alike))]),
        Sentence::Spread(alike) => fill(key::OFFICES_SPREAD, &[("n", &count(alike))]),
        Sentence::Differ { worse, better, alike } => {
            fill(key::OFFICES_DIFFER, &[("worse", &count(worse)), ("better", &count(better)), ("n", &count(alike))])
        }
    }
}

/// The department as a whole.
#[component]
fn Whole(total: OfficeFigures) -> impl IntoView {
    let tile = |label: &str, value: String, more: Option<String>| {
        view! { <div class="tile"><dt>{t(label)}</dt><dd class="value">{value}</dd>{more.map(|more| view! { <dd class="hint">{more}</dd> })}</div> }
    };
    let open = total.open();
    view! {
        <dl class="tiles">
            {tile(key::DASH_OPEN, number(open), None)}
            {tile(key::DASH_OVERDUE, number(total.overdue), None)}
            {tile(key::OFFICES_REPORTED, number(total.reported), None)}
            {tile(key::OFFICES_AGREED, agreed(&total.answers), interval(&total.answers))}
            {tile(key::OFFICES_UNREACHED, unreached(&total.answers), bounds(&total.answers))}
        </dl>
    }
}

fn agreed(answers: &Answers) -> String {
    answers.share().map_or_else(|| t(key::DASH_FEW), percent)
}

fn unreached(answers: &Answers) -> String {
    answers.unreached_share().map_or_else(|| t(key::DASH_FEW), percent)
}

fn span((from, to): (u32, u32)) -> String {
    fill(key::OFFICES_SPAN, &[("from", &percent(from)), ("to", &percent(to))])
}

fn interval(answers: &Answers) -> Option<String> {
    answers.interval().map(span)
}

fn bounds(answers: &Answers) -> Option<String> {
    answers.bounds().map(|bounds| fill(key::OFFICES_THEN, &[("span", &span(bounds))]))
}

fn columns() -> Vec<Column<Row>> {
    let figure = |head: &str, of: fn(&OfficeFigures) -> u32| {
        Column::new(t(head), move |row: &Row| number(of(&row.office.figures)))
            .sorted_by(move |row| SortKey::Number(i64::from(of(&row.office.figures))))
            .of_figures()
    };
    let aged = |at: usize, head: &str, class: &'static str| {
        let of = move |row: &Row| row.office.figures.waiting.get(at).copied().unwrap_or(0);
        let cell = move |row: &Row| {
            let count = of(row);
            let class = if count > 0 { class } else { "" };
            view! { <span class=class>{number(count)}</span> }
        };
        Column::new(t(head), cell).sorted_by(move |row| SortKey::Number(i64::from(of(row)))).of_figures()
    };
    let share = |share: Option<u32>| share.map_or(SortKey::Missing, |share| SortKey::Number(i64::from(share)));
    let with = |value: String, more: Option<String>| view! { {value}{more.map(|more| view! { <br/><span class="hint">{more}</span> })} };
    // All of one department: the place tells them apart.
    let name = |row: &Row| {
        let name = row.office.name.of(language());
        name.split(',').next().unwrap_or(name).to_owned()
    };
    let verdict = |row: &Row| {
        let verdict = row.office.verdict;
        view! { <span class=format!("verdict {}", code_of(&verdict))>{name_of("verdict", &verdict)}</span> }
    };
    vec![
        Column::new(t(key::FIELD_OFFICE), move |row: &Row| {
            let alone =
                row.office.is_unattended().then(|| view! { <span class="pill late">{t(key::OFFICES_NOBODY)}</span> });
            view! { {name(row)}" "{alone} }
        })
        .sorted_by(move |row| SortKey::Text(name(row))),
        Column::new(t(key::OFFICES_VERDICT), verdict)
            .sorted_by(|row| SortKey::Number(i64::from(row.office.verdict.rank()))),
        aged(0, key::OFFICES_BELOW_7, "age-1"),
        aged(1, key::OFFICES_BELOW_15, "age-2"),
        aged(2, key::OFFICES_BELOW_30, "age-3"),
        aged(3, key::OFFICES_ABOVE_30, "age-4"),
        figure(key::DASH_OVERDUE, |figures| figures.overdue),
        figure(key::OFFICES_REPORTED, |figures| figures.reported),
        figure(key::OFFICES_ANSWERED, |figures| figures.answers.answered),
        Column::new(t(key::OFFICES_AGREED), move |row: &Row| {
            with(agreed(&row.office.figures.answers), interval(&row.office.figures.answers))
        })
        .sorted_by(move |row| share(row.office.figures.answers.share()))
        .of_figures(),
        Column::new(t(key::OFFICES_UNREACHED), move |row: &Row| {
            with(unreached(&row.office.figures.answers), bounds(&row.office.figures.answers))
        })
        .sorted_by(move |row| share(row.office.figures.answers.unreached_share()))
        .of_figures(),
    ]
}

/// Width and height of the drawing within its axes.
const SIZE: (f64, f64) = (800.0, 240.0);

/// A dot for each office by how many citizens answered and how many of them agreed, and the limits of chance around the
/// whole. Everything in it is in the table as well.
#[component]
fn Funnel(peers: Peers, offices: Vec<ComparedOffice>) -> impl IntoView {
    let shown: Vec<&ComparedOffice> = offices.iter().filter(|office| office.verdict != Verdict::TooFew).collect();
    let most = shown.iter().map(|office| office.figures.answers.answered).max().unwrap_or(1).max(60);
    let x = move |answered: u32| 50.0 + SIZE.0 * f64::from(answered) / f64::from(most);
    let y = |per_mille: u32| 10.0 + SIZE.1 * (1.0 - f64::from(per_mille) / 1000.0);
    let steps: Vec<u32> = (0..=40).map(|step| 30 + most.saturating_sub(30) * step / 40).collect();
    let line = |deviations: f64, upper: bool| {
        let points = steps.iter().map(|answered| {
            let (low, high) = peers.limits(*answered, deviations);
            format!("{:.1},{:.1}", x(*answered), y(if upper { high } else { low }))
        });
        points.collect::<Vec<_>>().join(" ")
    };
    let lines = [(NAMED, "named"), (WATCHED, "watched")].into_iter().flat_map(|(deviations, class)| {
        [true, false].map(|upper| view! { <polyline class=class points=line(deviations, upper) fill="none"/> })
    });
    let lines = lines.collect_view();
    let dots = shown.iter().map(|office| {
        let answers = &office.figures.answers;
        let share = answers.share().unwrap_or(0);
        let class = format!("dot {}", code_of(&office.verdict));
        view! { <circle class=class cx=format!("{:.1}", x(answers.answered)) cy=format!("{:.1}", y(share)) r="5"/> }
    });
    let dots = dots.collect_view();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a share, 0 to 1
    let middle = y((peers.share * 1000.0).round() as u32);
    view! {
        <figure class="funnel-frame">
            <div class="scroll" tabindex="0" role="region" aria-label=t(key::OFFICES_AGREED)><svg class="funnel" viewBox="0 0 880 290" aria-hidden="true" focusable="false">
                <line class="grid" x1="50" x2="850" y1="250" y2="250"/>
                <line class="grid" x1="50" x2="850" y1="10" y2="10"/>
                <line class="middle" x1="50" x2="850" y1=format!("{middle:.1}") y2=format!("{middle:.1}")/>
                {lines}
                {dots}
                <text class="axis end" x="44" y="16">{fill(key::DASH_PERCENT, &[("n", &number(100))])}</text>
                <text class="axis end" x="44" y="254">{fill(key::DASH_PERCENT, &[("n", &number(0))])}</text>
                <text class="axis" x="50" y="274">{number(0)}</text>
                <text class="axis end" x="850" y="274">{fill(key::OFFICES_AXIS, &[("n", &number(most))])}</text>
            </svg></div>
            <figcaption class="hint">{t(key::OFFICES_FUNNEL)}</figcaption>
        </figure>
    }
}
