//! The public figures: what offices have closed and what citizens have confirmed, side by side, from the same cube as
//! the dashboards. Where too few grievances stand behind a figure it is left out.

use super::plain::{Frames, Words};
use super::shell::escape;
use crate::feed::cube::Slice;
use crate::state::App;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use model::Language;
use model::clock::ist_date;
use model::counts::{Dimension, Figures, share};
use model::wire::{Counts, Group};

/// Grievances that must stand behind a figure that is shown.
const FEWEST: u32 = 10;
/// Days of the page, and "since the beginning".
const DAYS: [u64; 3] = [30, 90, 365];

/// To the nearest five: what is left out cannot be found by taking the rest from the sum.
fn rounded(figure: u32) -> u32 {
    (figure + 2) / 5 * 5
}

/// A figure, or nothing where too few stand behind it. A small rest would tell as much as a small figure.
fn shown(part: u32, whole: u32) -> Option<u32> {
    let rest = whole.saturating_sub(part);
    (whole >= FEWEST && (part == 0 || part >= FEWEST) && (rest == 0 || rest >= FEWEST)).then(|| rounded(part))
}

/// Of what is there now, whenever it was lodged: no part of what was lodged in the span.
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

/// Of which span, from the query.
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
    let spans: String = DAYS
        .iter()
        .map(|span| {
            (Some(*span), words.fill("figures.days", &[("n", &words.number(u32::try_from(*span).unwrap_or(0)))]))
        })
        .chain([(None, words.say("figures.all"))])
        .map(|(span, label)| {
            let href =
                format!("{}?days={}", language.path("/figures"), span.map_or("all".into(), |span| span.to_string()));
            let current = if span == days { " aria-current=\"true\"" } else { "" };
            format!("<li><a href=\"{href}\"{current}>{label}</a></li>")
        })
        .collect();
    let department = |code: &str| app.facts.tables.department(code).map(|found| found.name.of(language).to_owned());
    let district = |code: &str| {
        let found = app.facts.tables.reference.districts.iter().find(|district| district.lgd.to_string() == code);
        found.map(|district| district.name.of(language).to_owned())
    };
    let body = format!(
        "<h1>{}</h1><p class=\"lead\">{}</p><ul class=\"spans\">{spans}</ul>{}<p class=\"hint\">{}</p>{}{}\
         <p class=\"links\"><a href=\"/api/public/figures.csv?days={}\" download>{}</a></p>",
        words.say("figures.title"),
        words.say("figures.lead"),
        tiles(words, &total.total),
        words.fill("figures.small", &[("n", &words.number(FEWEST))]),
        table(words, "figures.department", &departments.groups, department),
        table(words, "figures.district", &districts.groups, district),
        days.map_or("all".into(), |days| days.to_string()),
        words.say("figures.download"),
    );
    let path = match days {
        Some(90) => "/figures".to_owned(),
        Some(days) => format!("/figures?days={days}"),
        None => "/figures?days=all".to_owned(),
    };
    frames.html(StatusCode::OK, language, &path, &words.raw("figures.title"), &body)
}

fn number(words: &Words, value: Option<u32>) -> String {
    value.map_or("–".to_owned(), |value| words.number(value))
}

fn percent(words: &Words, part: u32, whole: u32) -> String {
    match (shown(part, whole), share(part, whole)) {
        (Some(_), Some(share)) => words.language().digits(&format!("{}%", (share + 5) / 10)),
        _ => "–".to_owned(),
    }
}

fn tiles(words: &Words, total: &Figures) -> String {
    let whole = (total.lodged >= FEWEST).then(|| rounded(total.lodged));
    let tile = |key: &str, value: String, class: &str| {
        format!("<div class=\"tile {class}\"><dt>{}</dt><dd>{value}</dd></div>", words.say(key))
    };
    let of = |part: u32| {
        let share = percent(words, part, total.lodged);
        let figure = number(words, shown(part, total.lodged));
        if share == "–" { figure } else { format!("{figure} <small>{share}</small>") }
    };
    let median = total.median_days.filter(|_| total.confirmed_by_citizens >= FEWEST);
    [
        "<dl class=\"tiles\">".to_owned(),
        tile("figures.lodged", number(words, whole), ""),
        tile("figures.closed", of(total.closed_by_offices), "offices"),
        tile("figures.confirmed", of(total.confirmed_by_citizens), "citizens"),
        tile("figures.explained", of(total.explained), ""),
        tile("figures.median", number(words, median.map(u32::from)), ""),
        tile("figures.women", percent(words, total.women, total.gender_known), ""),
        tile("figures.rural", percent(words, total.rural, total.area_known), ""),
        format!("</dl><h2>{}</h2><dl class=\"tiles\">", words.say("figures.now")),
        tile("figures.open", number(words, stock(total.open)), ""),
        tile("figures.overdue", number(words, stock(total.overdue)), ""),
        tile("figures.partly", number(words, stock(total.partly)), ""),
        "</dl>".to_owned(),
    ]
    .concat()
}

fn table(words: &Words, title: &str, groups: &[Group], name: impl Fn(&str) -> Option<String>) -> String {
    let rows: String = groups
        .iter()
        .filter(|group| group.figures.lodged >= FEWEST)
        .filter_map(|group| {
            let name = escape(&name(&group.key)?);
            let Figures { lodged, closed_by_offices: closed, confirmed_by_citizens: confirmed, .. } = group.figures;
            // A bar within a bar: what is closed, and of it what is confirmed.
            let bar = match (shown(closed, lodged), shown(confirmed, lodged)) {
                (Some(closed), Some(confirmed)) => {
                    // Of the rounded figure: the bar tells no more than the numbers.
                    let width = |part: u32| (part * 100 / rounded(lodged).max(1)).min(100);
                    format!(
                        "<svg class=\"share\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
                         <rect class=\"closed\" width=\"{}\" height=\"8\"/><rect class=\"confirmed\" width=\"{}\" height=\"8\"/></svg>",
                        width(closed),
                        width(confirmed)
                    )
                }
                _ => String::new(),
            };
            Some(format!(
                "<tr><th scope=\"row\">{name}{bar}</th><td>{}</td><td>{}</td><td>{}</td></tr>",
                words.number(rounded(lodged)),
                number(words, shown(closed, lodged)),
                number(words, shown(confirmed, lodged)),
            ))
        })
        .collect();
    format!(
        "<h2>{0}</h2><ul class=\"legend\" aria-hidden=\"true\"><li class=\"closed\">{3}</li><li class=\"confirmed\">{4}</li></ul>\
         <div class=\"scroll\" role=\"region\" aria-label=\"{0}\" tabindex=\"0\"><table><thead><tr>\
         <th scope=\"col\">{1}</th><th scope=\"col\">{2}</th><th scope=\"col\">{3}</th><th scope=\"col\">{4}</th></tr></thead>\
         <tbody>{rows}</tbody></table></div>",
        words.say(title),
        words.say("figures.name"),
        words.say("figures.lodged"),
        words.say("figures.closed"),
        words.say("figures.confirmed"),
    )
}

/// The same figures as a table for machines.
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
                _ => app
                    .facts
                    .tables
                    .reference
                    .districts
                    .iter()
                    .find(|district| district.lgd.to_string() == group.key)
                    .map(|district| district.name.en.clone()),
            };
            let part = |part: u32| cell(shown(part, figures.lodged));
            out.push_str(&format!(
                "{},{},\"{}\",{},{},{},{},{},{},{}\n",
                dimension.code(),
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
