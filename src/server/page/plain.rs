//! Pages rendered by the server in the look of the app; none of them needs a script.

use super::built::{self, Wording};
use crate::catalogue::catalogue;
use crate::words::Words;
use anyhow::Result;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use model::Language;
use model::wire::{Brand, Problem};
use std::collections::HashMap;
use std::path::Path;

/// Marks in a frame for a page's title, its language menu and its content: characters that cannot occur in HTML.
pub const TITLE: char = '\u{1}';
/// See [`TITLE`].
pub const LANGUAGES: char = '\u{2}';
/// See [`TITLE`].
pub const MAIN: char = '\u{3}';

/// The texts and the frame of every language.
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
    /// Makes the frames from the built app, or a minimal one without it.
    ///
    /// # Errors
    /// Where a catalogue or the built app cannot be read.
    pub fn load(dist: Option<&Path>, public: &Path, brand: &Brand) -> Result<Self> {
        let app = dist.map(|dist| built::read(dist, "index.html")).transpose()?;
        let mut languages = HashMap::new();
        for language in Language::CITIZEN {
            let catalogue = catalogue(public, brand, language)?;
            let (html, policy) = match &app {
                Some(app) => built::frame(app, Wording { language, words: &catalogue, brand })?,
                None => (minimum(language).into_string(), "default-src 'none'; form-action 'self'".to_owned()),
            };
            let frame = Frame { html, policy: HeaderValue::from_str(&policy)? };
            languages.insert(language, (Words::new(language, catalogue), frame));
        }
        Ok(Self { languages })
    }

    /// The texts of a language; Bengali where it has none.
    #[must_use]
    pub fn words(&self, language: Language) -> &Words {
        // Every language of the citizen's screens was loaded, including Bengali.
        let found = self.languages.get(&language).or_else(|| self.languages.get(&Language::Bengali));
        match found {
            Some((words, _)) => words,
            None => {
                static NONE: std::sync::OnceLock<Words> = std::sync::OnceLock::new();
                NONE.get_or_init(|| Words::new(Language::Bengali, HashMap::new()))
            }
        }
    }

    /// A page; `path` is its path without the language, for the language menu.
    #[must_use]
    pub fn html(&self, status: StatusCode, language: Language, path: &str, title: &str, body: &Markup) -> Response {
        let Some((words, frame)) = self.languages.get(&language) else { return status.into_response() };
        let title = html! { (title) " – " (words.say("brand")) };
        let languages = built::languages(language, path);
        let mut html = String::with_capacity(frame.html.len() + body.0.len() + 1024);
        for piece in frame.html.split_inclusive([TITLE, LANGUAGES, MAIN]) {
            let mut before = piece.chars();
            let put = match before.next_back() {
                Some(TITLE) => &title.0,
                Some(LANGUAGES) => &languages.0,
                Some(MAIN) => &body.0,
                _ => {
                    html.push_str(piece);
                    continue;
                }
            };
            html.push_str(before.as_str());
            html.push_str(put);
        }
        let mut response = (status, html).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_SECURITY_POLICY, frame.policy.clone());
        response
    }

    /// The page of a problem or a form: like [`Frames::html`], with the title marked where there are errors.
    #[must_use]
    pub fn form(
        &self,
        language: Language,
        path: &str,
        title: &str,
        problem: Option<&Problem>,
        body: &Markup,
    ) -> Response {
        let prefix = if problem.is_some() { self.words(language).say("error.prefix") } else { "" };
        let status = problem.map_or(StatusCode::OK, status);
        self.html(status, language, path, &format!("{prefix}{title}"), body)
    }
}

/// The HTTP status of a problem.
#[must_use]
pub fn status(problem: &Problem) -> StatusCode {
    StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn minimum(language: Language) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(language.tag()) dir=(language.direction()) {
            head { meta charset="utf-8"; title { (TITLE) } }
            body { main { (MAIN) } }
        }
    }
}

/// The link back, above a heading; `path` is without the language.
#[must_use]
pub fn back(words: &Words, path: &str) -> Markup {
    html! {
        p class="back" { a href=(words.path(path)) { span aria-hidden="true" { "‹ " } (words.say("nav.back")) } }
    }
}

/// A link on a line of its own.
#[must_use]
pub fn link(href: &str, label: &str) -> Markup {
    html! { p class="links" { a href=(href) { (label) } } }
}

/// The emergency number.
#[must_use]
pub fn call_112(words: &Words) -> Markup {
    html! {
        div class="notice urgent" {
            p { (words.say("lodge.emergency")) }
            p class="number" { a href="tel:112" { (words.say("lodge.emergency.call")) } }
        }
    }
}
