//! The public figures: what offices have closed and what citizens have confirmed, side by side, from the same cube as
//! the dashboards. Figures based on too few grievances are left out.

use super::plain::Frames;
use crate::feed::cube::Slice;
use crate::state::App;
use crate::words::Words;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use model::Language;
use model::clock::ist_date;
use model::counts::{Dimension, Figures, share};
use model::names::code_of;
use model::wire::{Counts, District, Group};

/// The least number of grievances on which a published figure is based.
const FEWEST: u32 = 10;
/// Periods of the page in days, besides "since the beginning".
const DAYS: [u64; 3] = [30, 90, 365];

/// Rounded to the nearest five, so that what is left out cannot be found by subtraction from the total.
fn rounded(figure: u32) -> u32 {
    (figure + 2) / 5 * 5
}

/// A figure, or `None` where too few grievances are behind it. A small remainder would reveal as much as a small
/// figure.
fn shown(part: u32, whole: u32) -> Option<u32> {
    let rest = whole.saturating_sub(part);
    (whole >= FEWEST && (part == 0 || part >= FEWEST) && (rest == 0 || rest >= FEWEST)).then(|| rounded(part))
}

/// A figure of the present stock, which is not a part of what was lodged in the period.
fn stock(part: u32) -> Option<u32> {
    (part == 0 || part >= FEWEST).then(|| rounded(part))
}

async fn counted(app: &App, days: Option<u64>, by: Option<Dimension>) -> Counts {
    let now = app.now();
    let since = days.and_then(|days| ist_date(now).checked_sub_days(chrono::Days::new(days - 1)));
    let feed = app.feed.clone();
    let count = move || {
        let slice = Slice { since, ..Slice::default() };
        feed.cube().count(&slice, by, now)
    };
    tokio::task::spawn_blocking(count).await.unwrap_or_default()
}

/// The period in the query, in days.
fn span(query: &str) -> Option<u64> {
    match query.strip_prefix("days=") {
        Some("all") => None,
        Some(days) => days.parse().ok().filter(|days| DAYS.contains(days)).or(Some(90)),
        None => Some(90),
    }
}

/// The page.
pub async fn page(app: &App, frames: &Frames, language: Language, query: &str) -> Response {
    let words = frames.words(language);
    let days = span(query);
    let total = counted(app, days, None).await;
    let departments = counted(app, days, Some(Dimension::Department)).await;
    let districts = counted(app, days, Some(Dimension::District)).await;
    let department = |code: &str| app.facts.tables.department(code).map(|found| found.name.of(language).to_owned());
    let district = |code: &str| district(app, code).map(|found| found.name.of(language).to_owned());
    let title = words.say("figures.title");
    let body = html! {
        h1 { (title) }
        p class="lead" { (words.say("figures.lead")) }
        (spans(words, days))
        (tiles(words, &total.total))
        p class="hint" { (words.fill("figures.small", &[("n", &words.number(FEWEST))])) }
        (table(words, "figures.department", &departments.groups, department))
        (table(words, "figures.district", &districts.groups, district))
        p class="links" {
            a href={ "/api/public/figures.csv?days=" (named(days)) } download { (words.say("figures.download")) }
        }
    };
    let path = match days {
        Some(90) => "/figures".to_owned(),
        days => format!("/figures?days={}", named(days)),
    };
    frames.html(StatusCode::OK, language, &path, title, &body)
}

fn district<'a>(app: &'a App, code: &str) -> Option<&'a District> {
    app.facts.tables.reference.districts.iter().find(|district| district.lgd.to_string() == code)
}

/// A period as the query names it.
fn named(days: Option<u64>) -> String {
    days.map_or("all".into(), |days| days.to_string())
}

/// The links to the periods.
fn spans(words: &Words, chosen: Option<u64>) -> Markup {
    let label = |span: Option<u64>| match span.and_then(|span| u32::try_from(span).ok()) {
        Some(days) => words.fill("figures.days", &[("n", &words.number(days))]),
        None => words.say("figures.all").to_owned(),
    };
    html! {
        ul class="spans" {
            @for span in DAYS.map(Some).into_iter().chain([None]) {
                li {
                    a href={ (words.path("/figures")) "?days=" (named(span)) }
                        aria-current=[(span == chosen).then_some("true")] { (label(span)) }
                }
            }
        }
    }
}

/// Shown in place of a figure that is left out.
const NOTHING: &str = "–";

fn number(words: &Words, value: Option<u32>) -> String {
    value.map_or(NOTHING.to_owned(), |value| words.number(value))
}

fn percent(words: &Words, part: u32, whole: u32) -> Option<String> {
    let share = shown(part, whole).and(share(part, whole))?;
    Some(words.language().digits(&format!("{}%", (share + 5) / 10)))
}

fn tiles(words: &Words, total: &Figures) -> Markup {
    let tile = |key: &str, class: &str, value: Markup| {
        html! { div class={ "tile " (class) } { dt { (words.say(key)) } dd { (value) } } }
    };
    let figure = |key: &str, value: Option<u32>| tile(key, "", html! { (number(words, value)) });
    let of = |part: u32| {
        html! {
            (number(words, shown(part, total.lodged)))
            @if let Some(share) = percent(words, part, total.lodged) { " " small { (share) } }
        }
    };
    let rate = |key: &str, part: u32, whole: u32| {
        tile(key, "", html! { (percent(words, part, whole).as_deref().unwrap_or(NOTHING)) })
    };
    let whole = (total.lodged >= FEWEST).then(|| rounded(total.lodged));
    let median = total.median_days.filter(|_| total.confirmed_by_citizens >= FEWEST);
    html! {
        dl class="tiles" {
            (figure("figures.lodged", whole))
            (tile("figures.closed", "offices", of(total.closed_by_offices)))
            (tile("figures.confirmed", "citizens", of(total.confirmed_by_citizens)))
            (tile("figures.explained", "", of(total.explained)))
            (figure("figures.median", median.map(u32::from)))
            (rate("figures.women", total.women, total.gender_known))
            (rate("figures.rural", total.rural, total.area_known))
        }
        h2 { (words.say("figures.now")) }
        dl class="tiles" {
            (figure("figures.open", stock(total.open)))
            (figure("figures.overdue", stock(total.overdue)))
            (figure("figures.partly", stock(total.partly)))
        }
    }
}

fn table(words: &Words, title: &str, groups: &[Group], name: impl Fn(&str) -> Option<String>) -> Markup {
    let shown = groups.iter().filter(|group| group.figures.lodged >= FEWEST);
    let named: Vec<_> = shown.filter_map(|group| Some((name(&group.key)?, &group.figures))).collect();
    let (title, closed, confirmed) = (words.say(title), words.say("figures.closed"), words.say("figures.confirmed"));
    html! {
        h2 { (title) }
        ul class="legend" aria-hidden="true" { li class="closed" { (closed) } li class="confirmed" { (confirmed) } }
        div class="scroll" role="region" aria-label=(title) tabindex="0" {
            table {
                thead {
                    tr {
                        @for head in [words.say("figures.name"), words.say("figures.lodged"), closed, confirmed] {
                            th scope="col" { (head) }
                        }
                    }
                }
                tbody { @for (name, figures) in &named { (row(words, name, figures)) } }
            }
        }
    }
}

fn row(words: &Words, name: &str, figures: &Figures) -> Markup {
    let lodged = figures.lodged;
    let (closed, confirmed) = (shown(figures.closed_by_offices, lodged), shown(figures.confirmed_by_citizens, lodged));
    html! {
        tr {
            th scope="row" {
                (name)
                @if let (Some(closed), Some(confirmed)) = (closed, confirmed) { (bar(closed, confirmed, rounded(lodged))) }
            }
            td { (words.number(rounded(lodged))) }
            td { (number(words, closed)) }
            td { (number(words, confirmed)) }
        }
    }
}

/// A bar within a bar: closed, and confirmed as a part of it. Drawn from rounded figures, so that it reveals no more
/// than they do.
fn bar(closed: u32, confirmed: u32, lodged: u32) -> Markup {
    let width = |part: u32| (part * 100 / lodged.max(1)).min(100);
    html! {
        svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect class="closed" width=(width(closed)) height="8" {}
            rect class="confirmed" width=(width(confirmed)) height="8" {}
        }
    }
}

/// The same figures as CSV.
pub async fn csv(app: &App, query: &str) -> Response {
    let days = span(query);
    let cell = |value: Option<u32>| value.map_or(String::new(), |value| value.to_string());
    let mut out =
        String::from("by,code,name,lodged,closed_by_offices,confirmed_by_citizens,partly,explained,open,overdue\n");
    for dimension in [Dimension::Department, Dimension::District] {
        for group in counted(app, days, Some(dimension)).await.groups {
            let figures = group.figures;
            if figures.lodged < FEWEST || group.key.is_empty() {
                continue;
            }
            let name = match dimension {
                Dimension::Department => app.facts.tables.department(&group.key).map(|found| found.name.en.clone()),
                _ => district(app, &group.key).map(|found| found.name.en.clone()),
            };
            let part = |part: u32| cell(shown(part, figures.lodged));
            out.push_str(&format!(
                "{},{},\"{}\",{},{},{},{},{},{},{}\n",
                code_of(&dimension),
                group.key,
                name.unwrap_or_default().replace('"', "\"\""),
                rounded(figures.lodged),
                part(figures.closed_by_offices),
                part(figures.confirmed_by_citizens),
                cell(stock(figures.partly)),
                part(figures.explained),
                cell(stock(figures.open)),
                cell(stock(figures.overdue)),
            ));
        }
    }
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"pratikar-figures.csv\""),
        (header::CACHE_CONTROL, "public, max-age=60"),
    ];
    (headers, out).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_people_are_never_shown_neither_directly_nor_by_subtraction() {
        let table = [
            (0, 100, Some(0)),
            (9, 100, None),
            (10, 100, Some(10)),
            (95, 100, None),
            (100, 100, Some(100)),
            (5, 9, None),
            (0, 9, None),
            (43, 100, Some(45)),
            (42, 100, Some(40)),
        ];
        for (part, whole, expected) in table {
            assert_eq!(shown(part, whole), expected, "{part} of {whole}");
        }
    }

    #[test]
    fn only_offered_spans_are_counted() {
        assert_eq!(
            [span(""), span("days=30"), span("days=all"), span("days=1"), span("x")],
            [Some(90), Some(30), None, Some(90), Some(90)]
        );
    }
}
