//! The first screen of an official: figures that follow the work live, closed and confirmed side by side.

use chrono::{Days, NaiveDate};
use gloo_timers::callback::Interval;
use leptos::prelude::*;
use model::Lgd;
use model::clock::ist_date;
use model::counts::{Dimension, Figures, Filter, share};
use model::page::StaffPage;
use model::wire::{Counts, GetCounts, Group, LiveFrame, ProblemCode, ReferenceData};
use web::api;
use web::component::{PairBar, Remote, TrendChart, TrendDay};
use web::format::{clock, day, number, percent};
use web::hook::use_remote;
use web::i18n::{fill, key, t};
use web::live::{Link, follow};
use web::reference::{Tables, category, department, department_short, district, use_tables};
use web::route::{href, set_title};

/// Seconds without an update after which figures are called stale.
const STALE_SECONDS: i64 = 75;

/// The periods to choose from, in days; `None` for all.
const PERIODS: [Option<u16>; 3] = [Some(30), Some(90), None];

/// The words for what was lodged in a period, as a catalogue key.
#[must_use]
pub fn lodged_in(days: Option<u16>) -> &'static str {
    match days {
        Some(30) => key::DASH_LODGED_30,
        Some(90) => key::DASH_LODGED_90,
        _ => key::DASH_LODGED_ALL,
    }
}

/// What a dashboard shows: a period and a filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Days; `None` for all.
    pub days: Option<u16>,
    /// The filter.
    pub filter: Filter,
}

impl Query {
    /// Reads `days=30&where=…`.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let get = |name: &str| {
            let found = text.split('&').find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
            found.map(|(_, value)| value)
        };
        // Other periods are not offered; an address may contain anything.
        let days = get("days").map(|days| days.parse().ok()).filter(|days| PERIODS.contains(days));
        let filter = get("where").and_then(|filter| filter.parse().ok());
        Self { days: days.unwrap_or(Some(30)), filter: filter.unwrap_or_default() }
    }

    /// The query for the address.
    #[must_use]
    pub fn text(&self) -> String {
        let days = self.days.map(|days| days.to_string()).unwrap_or_default();
        if self.filter.is_empty() { format!("days={days}") } else { format!("days={days}&where={}", self.filter) }
    }

    /// The code that cases must have in this dimension, where the filter says one.
    #[must_use]
    pub fn code(&self, dimension: Dimension) -> Option<&str> {
        self.filter.conditions().find(|(named, _)| *named == dimension).map(|(_, code)| code)
    }

    fn narrowed(&self, dimension: Dimension, code: &str) -> Self {
        Self { filter: self.filter.clone().and(dimension, code), ..self.clone() }
    }

    /// The filter in words.
    #[must_use]
    pub fn words(&self, tables: &ReferenceData) -> String {
        let parts = self.filter.conditions().map(|(dimension, code)| match dimension {
            Dimension::District => code.parse().map_or_else(|_| code.to_owned(), |lgd| district(tables, lgd)),
            Dimension::Department => department(tables, code),
            Dimension::Category => category(tables, code),
            Dimension::Stage => t(&format!("stage.{code}")),
            Dimension::Office => fill(key::OFFICES_NUMBERED, &[("n", code)]),
            Dimension::Day => code.parse().map_or_else(|_| code.to_owned(), day),
            _ => code.to_owned(),
        });
        parts.collect::<Vec<_>>().join(" · ")
    }
}

/// The answers of one reading.
#[derive(Debug, Clone, PartialEq)]
struct Picture {
    departments: Counts,
    districts: Counts,
    days: Counts,
}

async fn look(query: &Query) -> Result<Picture, api::CallError> {
    let by = |by| GetCounts { by: Some(by), filter: query.filter.clone(), days: query.days };
    Ok(Picture {
        departments: api::get(&by(Dimension::Department)).await?,
        districts: api::get(&by(Dimension::District)).await?,
        days: api::get(&by(Dimension::Day)).await?,
    })
}

/// The page.
#[component]
pub fn Dashboard(query: String) -> impl IntoView {
    set_title(&t(key::DASH_TITLE));
    let tables = use_tables();
    let query = Query::parse(&query);
    let (frame, link) = follow();
    let shown: RwSignal<Option<LiveFrame>> = RwSignal::new(None);
    let paused = RwSignal::new(false);
    let asked = StoredValue::new(query.clone());
    let picture = use_remote(move || {
        let query = asked.get_value();
        async move { look(&query).await }
    });
    // Figures on the screen stay where newer ones cannot be read; only their age grows.
    let load = move || {
        if !picture.is_under_way() {
            picture.refresh();
        }
    };
    // A frame updates the tiles at once; the tables are read again at most once a second.
    Effect::new(move |_| {
        let newest = frame.get();
        if newest.is_some() && !paused.get() {
            let of = |frame: &Option<LiveFrame>| frame.clone().map(|frame| LiveFrame { as_of: None, ..frame });
            let moved = shown.with_untracked(of) != of(&newest);
            shown.set(newest);
            // A beat says that nothing has changed.
            if moved {
                load();
            }
        }
    });
    let tick = RwSignal::new(0u32);
    let ticking = StoredValue::new_local(Some(Interval::new(1_000, move || {
        tick.try_update(|tick| *tick += 1);
        let behind = picture.with_untracked(|seen| seen.departments.seq);
        let newest = shown.try_with_untracked(|shown| shown.as_ref().map(|frame| frame.seq)).flatten();
        if paused.try_get_untracked() == Some(false) && behind < newest {
            load();
        }
    })));
    on_cleanup(move || {
        ticking.try_update_value(Option::take);
    });
    let all = query.filter.is_empty();
    let month = query.days == Some(30);
    // The live frame covers all cases and 30 days; another slice is read again when it changes.
    let total = move || {
        let sliced = picture.with(|seen| seen.departments.total);
        let live = shown.with(|shown| shown.as_ref().map(|frame| if month { frame.month } else { frame.total }));
        if all && (month || asked.with_value(|query| query.days.is_none())) { live.or(sliced) } else { sliced }
    };
    let figures = Memo::new(move |_| total());
    // The frame covers all cases; a slice has its own days.
    let today = move || {
        if all {
            return shown.with(|shown| shown.as_ref().map(|frame| frame.lodged_today));
        }
        let today = web::format::now().map(|now| ist_date(now).to_string());
        picture.with(|seen| {
            let days = &seen.days.groups;
            days.iter().find(|group| Some(&group.key) == today.as_ref()).map_or(0, |group| group.figures.lodged)
        })
    };
    let today = Signal::derive(today);
    // A role without access to figures is told so, instead of a connection failure.
    let refused = Memo::new(move |_| {
        let forbids = |error: &api::CallError| error.code() == Some(ProblemCode::NotPermitted);
        picture.state.with(|picture| matches!(picture, Remote::Failed(error) if forbids(error)))
    });
    view! {
        <div class="dash-head">
            <h1>{t(key::DASH_TITLE)}</h1>
            {move || (!refused.get()).then(|| view! { <Freshness shown link paused tick/> })}
        </div>
        {move || (!refused.get()).then(|| view! {
            <Period query=asked.get_value() tables page=StaffPage::Dashboard/>
            <Tiles figures today days=asked.get_value().days/>
        })}
        {picture.draw(move |seen| {
            let query = asked.get_value();
            view! {
                <div class="dash-grid">
                    <Departments counts=seen.departments.clone() tables query=query.clone()/>
                    <Districts counts=seen.districts.clone() tables query=query.clone()/>
                    <Trend counts=seen.days.clone() days=query.days/>
                </div>
            }
        })}
        <details class="definitions">
            <summary>{t(key::DASH_DEFINITIONS)}</summary>
            <p>{t(key::DASH_DEF_CLOSED)}</p><p>{t(key::DASH_DEF_CONFIRMED)}</p><p>{t(key::DASH_DEF_OVERDUE)}</p><p>{t(key::DASH_DEF_MEDIAN)}</p>
        </details>
    }
}

/// How fresh the figures are, and the button that pauses them (A11Y-04).
#[component]
fn Freshness(
    shown: RwSignal<Option<LiveFrame>>,
    link: RwSignal<Link>,
    paused: RwSignal<bool>,
    tick: RwSignal<u32>,
) -> impl IntoView {
    let as_of = move || shown.with(|shown| shown.as_ref().and_then(|frame| frame.as_of));
    let words = move || {
        if paused.get() {
            return t(key::DASH_PAUSED);
        }
        match link.get() {
            Link::Live => t(key::DASH_LIVE),
            Link::Reconnecting => t(key::DASH_RECONNECTING),
            Link::Ended => t(key::DASH_ENDED),
        }
    };
    let stale = move || {
        tick.get();
        let age = as_of().zip(web::format::now()).map(|(as_of, now)| (now - as_of).num_seconds());
        link.get() != Link::Live && age.is_some_and(|age| age > STALE_SECONDS)
    };
    view! {
        <div class="fresh">
            <span class="dot" class:live=move || link.get() == Link::Live && !paused.get() aria-hidden="true"></span>
            <span id="link-state">{words}</span>
            <span class="hint" id="as-of">{move || as_of().map(|at| fill(key::DASH_AS_OF, &[("time", &clock(at))]))}</span>
            <button type="button" class="link" on:click=move |_| paused.update(|paused| *paused = !*paused)>
                {move || t(if paused.get() { key::DASH_RESUME } else { key::DASH_PAUSE })}
            </button>
        </div>
        <div role="status">{move || (link.get() == Link::Ended).then(|| view! {
            <p class="notice">{t(key::DASH_ENDED_WHY)}" "<button type="button" class="link" on:click=|_| web::route::reload()>{t(key::STAFF_SIGNIN_GO)}</button></p>
        })}</div>
        <div role="status">{move || stale().then(|| view! { <p class="notice">{t(key::DASH_STALE)}</p> })}</div>
    }
}

/// Links to the other periods, and the filter in words.
#[component]
pub fn Period(
    query: Query,
    tables: Tables,
    /// The page of a query.
    page: fn(String) -> StaffPage,
) -> impl IntoView {
    let words = query.clone();
    let filters = move || tables.with(|tables| tables.loaded().map(|tables| words.words(tables)).unwrap_or_default());
    let links = PERIODS.into_iter().zip([key::DASH_RANGE_30, key::DASH_RANGE_90, key::DASH_RANGE_ALL]);
    let links = links.map(|(days, label)| {
        let target = Query { days, ..query.clone() };
        let current = (target == query).then_some("true");
        view! { <li><a class="tab" data-nav href=href(&page(target.text())) aria-current=current>{t(label)}</a></li> }
    });
    view! {
        <nav class="tabs" aria-label=t(key::DASH_RANGE)><ul>{links.collect_view()}</ul></nav>
        <p class="lead">{filters}</p>
    }
}

fn shares(figures: &Figures) -> (Option<u32>, Option<u32>) {
    (share(figures.closed_by_offices, figures.lodged), share(figures.confirmed_by_citizens, figures.lodged))
}

/// Unknown figures are a dash, never a zero.
const UNKNOWN: &str = "–";

/// Stock and flow: what is open now, whenever it was lodged, and what became of what was lodged in the period.
#[component]
fn Tiles(figures: Memo<Option<Figures>>, today: Signal<Option<u32>>, days: Option<u16>) -> impl IntoView {
    let tile = |id: &'static str, label: String, value: Signal<String>, more: Signal<String>, late: bool| {
        view! { <div class="tile"><dt>{label}</dt><dd class="value" class:late=late id=id>{value}</dd><dd class="hint">{more}</dd></div> }
    };
    let say = move |words: fn(&Figures) -> String| {
        Signal::derive(move || figures.with(|figures| figures.as_ref().map_or_else(|| UNKNOWN.to_owned(), words)))
    };
    let none = Signal::derive(String::new);
    let of_open = Signal::derive(move || {
        let share = figures.with(|figures| figures.as_ref().and_then(|figures| share(figures.overdue, figures.open)));
        share.map(|share| fill(key::DASH_OVERDUE_OF, &[("n", &percent(share))])).unwrap_or_default()
    });
    let bar = move || {
        figures.with(|figures| {
            let (closed, confirmed) = figures.as_ref().map(shares).unwrap_or_default();
            closed.zip(confirmed).map(|(closed, confirmed)| view! { <PairBar closed confirmed/> })
        })
    };
    let period = lodged_in(days);
    let today = Signal::derive(move || today.get().map_or_else(|| UNKNOWN.to_owned(), number));
    view! {
        <h2 class="caption">{t(key::DASH_NOW)}</h2>
        <dl class="tiles">
            {tile("open", t(key::DASH_OPEN), say(|figures| number(figures.open)), none, false)}
            {tile("overdue", t(key::DASH_OVERDUE), say(|figures| number(figures.overdue)), of_open, true)}
            {tile("emergencies", t(key::DASH_EMERGENCIES), say(|figures| number(figures.emergencies)), none, false)}
            {tile("partly-count", t(key::DASH_PARTLY), say(|figures| number(figures.partly)), none, false)}
            {tile("lodged-today", t(key::DASH_LODGED_TODAY), today, none, false)}
        </dl>
        <h2 class="caption">{t(period)}</h2>
        <dl class="tiles">
            {tile("lodged", t(key::DASH_LODGED), say(|figures| number(figures.lodged)), none, false)}
            {tile("median", t(key::DASH_MEDIAN), say(|figures| figures.median_days.map_or_else(|| UNKNOWN.to_owned(), |days| number(u32::from(days)))), Signal::derive(|| t(key::DASH_MEDIAN_DAYS)), false)}
            {tile("women", t(key::DASH_WOMEN), say(|figures| part(figures.women, figures.gender_known)), none, false)}
            {tile("rural", t(key::DASH_RURAL), say(|figures| part(figures.rural, figures.area_known)), none, false)}
            {tile("explained-count", t(key::DASH_EXPLAINED), say(|figures| number(figures.explained)), none, false)}
        </dl>
        <div class="truths">
            <dl>
                <div><dt>{t(key::DASH_CLOSED)}</dt><dd class="value">{say(|figures| part(figures.closed_by_offices, figures.lodged))}</dd><dd class="hint" id="closed-count">{say(|figures| number(figures.closed_by_offices))}</dd></div>
                <div class="truth"><dt>{t(key::DASH_CONFIRMED)}</dt><dd class="value">{say(|figures| part(figures.confirmed_by_citizens, figures.lodged))}</dd><dd class="hint" id="confirmed-count">{say(|figures| number(figures.confirmed_by_citizens))}</dd></div>
            </dl>
            {bar}
            <p class="hint">{move || figures.with(|figures| figures.as_ref().map(|figures| fill(key::DASH_OF_LODGED, &[("n", &number(figures.lodged))])))}" · "{t(key::DASH_UNRIPE)}</p>
        </div>
    }
}

/// A share in percent, or that there are too few cases.
fn part(part: u32, whole: u32) -> String {
    share(part, whole).map_or_else(|| t(key::DASH_FEW), percent)
}

#[component]
fn Departments(counts: Counts, tables: Tables, query: Query) -> impl IntoView {
    // The finding: the group with the largest gap between closed and confirmed, among those with enough cases.
    let gap = |group: &Group| {
        let (closed, confirmed) = shares(&group.figures);
        closed.zip(confirmed).map(|(closed, confirmed)| closed.saturating_sub(confirmed))
    };
    let widest = counts
        .groups
        .iter()
        .filter(|group| !group.key.is_empty())
        .filter_map(|group| Some((gap(group)?, group.key.clone())))
        .max();
    let title = move || match &widest {
        Some((_, code)) => {
            let name =
                tables.with(|tables| tables.loaded().map_or_else(|| code.clone(), |tables| department(tables, code)));
            fill(key::DASH_BY_DEPARTMENT, &[("name", &name)])
        }
        None => t(key::DASH_BY_DEPARTMENT_PLAIN),
    };
    let rows = counts
        .groups
        .iter()
        .map(|group| {
            let code = group.key.clone();
            let link = href(&StaffPage::Cases(query.narrowed(Dimension::Department, &code).text()));
            let name = move || {
                if code.is_empty() {
                    return t(key::DASH_NO_DEPARTMENT);
                }
                tables.with(|tables| {
                    tables.loaded().map_or_else(|| code.clone(), |tables| department_short(tables, &code))
                })
            };
            let Figures { lodged, closed_by_offices, confirmed_by_citizens, .. } = group.figures;
            let bars = shares(&group.figures);
            let bars = bars.0.zip(bars.1).map(|(closed, confirmed)| view! { <PairBar closed confirmed/> });
            view! {
                <tr>
                    <th scope="row"><a data-nav href=link>{name}</a></th>
                    <td class="figure">{number(lodged)}</td>
                    <td class="bars">{bars}</td>
                    <td class="figure">{part(closed_by_offices, lodged)}</td>
                    <td class="figure confirmed">{part(confirmed_by_citizens, lodged)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section class="panel-card departments">
            <h2 id="departments-title">{title}</h2>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="departments-title">
                <table>
                    <caption class="unseen">{t(key::DASH_BY_DEPARTMENT_PLAIN)}</caption>
                    <thead><tr>
                        <th scope="col">{t(key::DASH_DEPARTMENT)}</th><th scope="col" class="figure">{t(key::DASH_LODGED)}</th>
                        <td class="bars"></td>
                        <th scope="col" class="figure">{t(key::DASH_CLOSED_SHORT)}</th><th scope="col" class="figure">{t(key::DASH_CONFIRMED_SHORT)}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// The place of each district on the tile grid: LGD code, column, row. Roughly the map, with tiles of equal size.
const GRID: [(u32, u8, u8); 23] = [
    (309, 2, 1),
    (702, 3, 1),
    (314, 3, 2),
    (664, 4, 2),
    (308, 5, 2),
    (311, 2, 3),
    (310, 3, 3),
    (316, 3, 4),
    (319, 3, 5),
    (307, 2, 6),
    (320, 4, 6),
    (704, 2, 7),
    (306, 3, 7),
    (303, 5, 7),
    (321, 1, 8),
    (305, 2, 8),
    (312, 3, 8),
    (313, 4, 8),
    (315, 5, 8),
    (703, 1, 9),
    (318, 2, 9),
    (317, 3, 9),
    (304, 5, 9),
];

/// The step of a share on the heat scale: 41 % and less is the lowest of six, 71 % and more the highest.
fn heat(value: u32) -> u32 {
    (value.saturating_sub(410) / 60).min(5) + 1
}

#[component]
fn Districts(counts: Counts, tables: Tables, query: Query) -> impl IntoView {
    let tiles = counts
        .groups
        .iter()
        .filter_map(|group| {
            let lgd: Lgd = group.key.parse().ok()?;
            let spot = GRID.iter().find(|(code, _, _)| *code == lgd.get()).map_or_else(String::new, |(_, column, row)| format!("spot c{column} r{row}"));
            let link = href(&StaffPage::Cases(query.narrowed(Dimension::District, &group.key).text()));
            let confirmed = shares(&group.figures).1;
            let class = confirmed.map_or_else(|| format!("{spot} few"), |share| format!("{spot} heat{}", heat(share)));
            let words = confirmed.map_or_else(|| t(key::DASH_FEW), |share| fill(key::DASH_PERCENT, &[("n", &number((share + 5) / 10))]));
            let name = move || tables.with(|tables| tables.loaded().map_or_else(String::new, |tables| district(tables, lgd)));
            Some(view! { <li class=class><a data-nav href=link><span class="name">{name}</span><strong>{words}</strong></a></li> })
        })
        .collect_view();
    view! {
        <section class="panel-card districts">
            <h2 id="districts-title">{t(key::DASH_BY_DISTRICT)}</h2>
            <ul class="tile-grid">{tiles}</ul>
        </section>
    }
}

#[component]
fn Trend(
    counts: Counts,
    /// Days of the period; `None` for all.
    days: Option<u16>,
) -> impl IntoView {
    // Every day of the period has its place, also days on which nothing was lodged.
    let known: Vec<(NaiveDate, Figures)> =
        counts.groups.iter().filter_map(|group| Some((group.key.parse().ok()?, group.figures))).collect();
    let today = web::format::now().map(ist_date);
    let first = days.and_then(|days| today?.checked_sub_days(Days::new(u64::from(days.saturating_sub(1)))));
    let first = first.or_else(|| known.first().map(|(day, _)| *day));
    let last = today.max(known.last().map(|(day, _)| *day));
    let span = first.zip(last).map(|(first, last)| first.iter_days().take_while(move |day| *day <= last));
    let days: Vec<TrendDay> = span
        .into_iter()
        .flatten()
        .map(|date| {
            let figures =
                known.iter().find(|(known, _)| *known == date).map(|(_, figures)| *figures).unwrap_or_default();
            TrendDay {
                label: day(date),
                values: [figures.lodged, figures.closed_by_offices, figures.confirmed_by_citizens],
            }
        })
        .collect();
    let rows = days
        .iter()
        .rev()
        .map(|day| {
            let [lodged, closed, confirmed] = day.values;
            view! { <tr><th scope="row">{day.label.clone()}</th><td class="figure">{number(lodged)}</td><td class="figure">{number(closed)}</td><td class="figure confirmed">{number(confirmed)}</td></tr> }
        })
        .collect_view();
    let names = [t(key::DASH_LODGED), t(key::DASH_CLOSED), t(key::DASH_CONFIRMED)];
    view! {
        <section class="panel-card trend-card">
            <h2 id="trend-title">{t(key::DASH_TREND)}</h2>
            <div class="scroll" tabindex="0" role="region" aria-labelledby="trend-title"><TrendChart days names/></div>
            <details>
                <summary>{t(key::DASH_TABLE)}</summary>
                <div class="scroll" tabindex="0" role="region" aria-label=t(key::DASH_TABLE)>
                    <table>
                        <caption class="unseen">{t(key::DASH_TREND)}</caption>
                        <thead><tr><th scope="col">{t(key::DASH_DAY)}</th><th scope="col" class="figure">{t(key::DASH_LODGED)}</th><th scope="col" class="figure">{t(key::DASH_CLOSED_SHORT)}</th><th scope="col" class="figure">{t(key::DASH_CONFIRMED_SHORT)}</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </details>
        </section>
    }
}
