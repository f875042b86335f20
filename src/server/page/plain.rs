//! Pages that the server makes by itself, in the look of the app: no script is needed for any of them.

use super::shell::{Catalogue, catalogue, escape, frame};
use anyhow::Result;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, NaiveDate, Timelike};
use model::clock::{Lane, ist};
use model::wire::Brand;
use model::{Language, Time};
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

/// What stands in a frame where a page puts its own.
pub const TITLE: &str = "\u{1}title";
/// See [`TITLE`].
pub const PATH: &str = "/\u{1}path";
/// See [`TITLE`].
pub const MAIN: &str = "\u{1}main";

/// The name that a unit value has on the wire.
#[must_use]
pub fn code_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The words of a language.
#[derive(Debug, Clone)]
pub struct Words {
    language: Language,
    catalogue: Catalogue,
}

impl Words {
    /// The words of a key, as they are.
    #[must_use]
    pub fn raw(&self, key: &str) -> String {
        self.catalogue.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }

    /// The words of a key, safe in HTML.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        escape(&self.raw(key))
    }

    /// The words of a key with its `{marks}` filled in, safe in HTML.
    #[must_use]
    pub fn fill(&self, key: &str, marks: &[(&str, &str)]) -> String {
        escape(&marks.iter().fold(self.raw(key), |text, (name, value)| text.replace(&format!("{{{name}}}"), value)))
    }

    /// The words of a value of the wire, safe in HTML.
    #[must_use]
    pub fn name_of<T: Serialize>(&self, prefix: &str, value: &T) -> String {
        self.say(&format!("{prefix}.{}", code_of(value)))
    }

    /// Whether there are words for a key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.catalogue.contains_key(key)
    }

    /// A day: `২৪ নভেম্বর, ২০২৬`.
    #[must_use]
    pub fn date(&self, at: Time) -> String {
        self.day(ist(at).date_naive())
    }

    /// A day in full, with its year.
    #[must_use]
    pub fn day(&self, date: NaiveDate) -> String {
        let months = self.raw("date.months");
        let month = months.split('|').nth(date.month0() as usize).unwrap_or_default();
        self.language.day_in_full(date.year(), month, date.day())
    }

    /// By when something is due: a day, or in an emergency the time, of today where it is.
    #[must_use]
    pub fn by_when(&self, due: Time, lane: Lane, now: Time) -> String {
        if !lane.is_emergency() {
            return self.date(due);
        }
        let local = ist(due);
        let time = self.language.time_of_day(local.hour(), local.minute());
        if ist(now).date_naive() == local.date_naive() {
            return self.fill("time.today", &[("time", &time)]);
        }
        format!("{}, {time}", self.date(due))
    }

    /// A number in lakh grouping.
    #[must_use]
    pub fn number(&self, value: u32) -> String {
        self.language.number(value)
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }
}

/// The words and the frame of every language.
#[derive(Debug, Clone)]
pub struct Frames {
    languages: HashMap<Language, (Words, Frame)>,
}

#[derive(Debug, Clone)]
struct Frame {
    html: String,
    policy: HeaderValue,
}

impl Frames {
    /// Makes the frames from the built app; without one, from a minimum.
    ///
    /// # Errors
    /// Where a catalogue or the built app cannot be read.
    pub fn load(dist: Option<&Path>, public: &Path, brand: &Brand) -> Result<Self> {
        let mut languages = HashMap::new();
        for language in Language::CITIZEN {
            let catalogue = catalogue(public, brand, language)?;
            let (html, policy) = match dist {
                Some(dist) => frame(dist, brand, language, &catalogue)?,
                None => (minimum(language), "default-src 'none'; form-action 'self'".to_owned()),
            };
            let frame = Frame { html, policy: HeaderValue::from_str(&policy)? };
            languages.insert(language, (Words { language, catalogue }, frame));
        }
        Ok(Self { languages })
    }

    /// The words of a language; Bengali where it has none.
    #[must_use]
    pub fn words(&self, language: Language) -> &Words {
        // Every language of the citizen's screens was loaded, Bengali among them.
        let found = self.languages.get(&language).or_else(|| self.languages.get(&Language::Bengali));
        match found {
            Some((words, _)) => words,
            None => {
                static NONE: std::sync::OnceLock<Words> = std::sync::OnceLock::new();
                NONE.get_or_init(|| Words { language: Language::Bengali, catalogue: Catalogue::new() })
            }
        }
    }

    /// A page: `path` is where it stands, without the language, for the language menu.
    #[must_use]
    pub fn html(&self, status: StatusCode, language: Language, path: &str, title: &str, body: &str) -> Response {
        let Some((words, frame)) = self.languages.get(&language) else { return status.into_response() };
        let title = escape(&format!("{title} – {}", words.raw("brand")));
        let html = frame.html.replace(TITLE, &title).replace(PATH, &escape(path)).replacen(MAIN, body, 1);
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_SECURITY_POLICY, frame.policy.clone());
        response
    }
}

fn minimum(language: Language) -> String {
    format!(
        "<!doctype html><html lang=\"{}\" dir=\"{}\"><head><meta charset=\"utf-8\"><title>{TITLE}</title></head>\
         <body><main>{MAIN}</main></body></html>",
        language.tag(),
        language.direction()
    )
}

/// A problem of a field, for a summary and beside the field.
#[derive(Debug, Clone)]
pub struct Wrong<'a> {
    /// Id of the control; empty where no field can mend it.
    pub id: &'a str,
    /// What to do, safe in HTML.
    pub words: String,
}

/// The summary above the heading; nothing where all is well.
#[must_use]
pub fn summary(words: &Words, wrong: &[Wrong<'_>]) -> String {
    if wrong.is_empty() {
        return String::new();
    }
    let items: String = wrong
        .iter()
        .map(|wrong| match wrong.id {
            "" => format!("<li>{}</li>", wrong.words),
            id => format!("<li><a href=\"#{id}\">{}</a></li>", wrong.words),
        })
        .collect();
    format!(
        "<div class=\"summary\" id=\"error-summary\" tabindex=\"-1\" autofocus><div role=\"alert\"><h2>{}</h2><ul>{items}</ul></div></div>",
        words.say("error.summary")
    )
}

/// The way back, above a heading; `path` without its language.
#[must_use]
pub fn back(words: &Words, path: &str) -> String {
    let href = words.language().path(path);
    format!(
        "<p class=\"back\"><a href=\"{href}\"><span aria-hidden=\"true\">‹ </span>{}</a></p>",
        words.say("nav.back")
    )
}

/// Whom to call first where somebody is in danger.
#[must_use]
pub fn call_112(words: &Words) -> String {
    format!(
        "<div class=\"notice urgent\"><p>{}</p><p class=\"number\"><a href=\"tel:112\">{}</a></p></div>",
        words.say("lodge.emergency"),
        words.say("lodge.emergency.call"),
    )
}

/// What a field of a plain form is.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Id and name of the control.
    pub id: &'a str,
    /// The label, safe in HTML.
    pub label: &'a str,
    /// What was typed.
    pub value: &'a str,
    /// Rows of a text area; 0 for a line.
    pub rows: u8,
    /// Further attributes.
    pub attributes: &'a str,
}

/// A field with its label and what is wrong with it.
#[must_use]
pub fn field(field: &Field<'_>, wrong: &[Wrong<'_>]) -> String {
    let Field { id, label, value, rows, attributes } = *field;
    let errors: String = wrong
        .iter()
        .filter(|wrong| wrong.id == id)
        .map(|wrong| format!("<p class=\"error\" id=\"{id}-error\">{}</p>", wrong.words))
        .collect();
    let described = if errors.is_empty() {
        String::new()
    } else {
        format!(" aria-invalid=\"true\" aria-describedby=\"{id}-error\"")
    };
    let value = escape(value);
    let control = match rows {
        0 => format!("<input id=\"{id}\" name=\"{id}\" value=\"{value}\" {attributes}{described}>"),
        rows => {
            format!("<textarea id=\"{id}\" name=\"{id}\" rows=\"{rows}\" {attributes}{described}>{value}</textarea>")
        }
    };
    let class = if errors.is_empty() { "field" } else { "field wrong" };
    format!("<div class=\"{class}\"><label for=\"{id}\">{label}</label>{errors}{control}</div>")
}
