//! The public text pages: Markdown in `public/pages`, one file for each language, changed without a build.

use super::plain::Frames;
use crate::catalogue::{Catalogue, spoken};
use anyhow::{Context, Result, ensure};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::NaiveDate;
use maud::{Markup, PreEscaped, html};
use model::Language;
use model::clock::ist_midnight;
use model::wire::Brand;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};
use std::collections::HashMap;
use std::path::Path;

#[derive(Debug, Clone)]
struct Text {
    title: String,
    html: Markup,
    reviewed: NaiveDate,
}

/// Every text page in every language.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    pages: HashMap<(String, Language), Text>,
}

impl Texts {
    /// Reads the pages.
    ///
    /// # Errors
    /// Names the file that is missing or has no title.
    pub fn load(public: &Path, brand: &Brand) -> Result<Self> {
        let folder = public.join("pages");
        let list = std::fs::read_to_string(folder.join("pages.tsv")).context("pages.tsv")?;
        let mut pages = HashMap::new();
        for line in list.lines().skip(1).filter(|line| !line.is_empty()) {
            let (name, reviewed) = line.split_once('\t').context("pages.tsv: two columns")?;
            let reviewed = reviewed.parse().with_context(|| format!("pages.tsv: day of {name}"))?;
            for language in Language::CITIZEN {
                let file = format!("{name}.{}.md", language.tag());
                let text = std::fs::read_to_string(folder.join(&file)).with_context(|| file.clone())?;
                let text = branded(&text, brand, language);
                let title = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
                ensure!(!title.is_empty(), "{file} does not begin with a title");
                let text = Text { title: title.to_owned(), html: rendered(&text, language), reviewed };
                pages.insert((name.to_owned(), language), text);
            }
        }
        Ok(Self { pages })
    }

    /// The page of a path without its language; `None` where there is none.
    #[must_use]
    pub fn page(&self, frames: &Frames, language: Language, path: &str) -> Option<Response> {
        let name = path.trim_matches('/');
        let text = self.pages.get(&(name.to_owned(), language))?;
        let words = frames.words(language);
        let reviewed = words.fill("text.reviewed", &[("date", &words.date(ist_midnight(text.reviewed)))]);
        let body = html! { article class="text" { (text.html) p class="hint" { (reviewed) } } };
        Some(frames.html(StatusCode::OK, language, path, &text.title, &body))
    }
}

fn branded(text: &str, brand: &Brand, language: Language) -> String {
    let call = format!("[{}](tel:+91{})", spoken(&brand.helpline), brand.helpline);
    text.replace("{brand}", brand.name.of(language))
        .replace("{state}", brand.state.of(language))
        .replace("{helpline}", &call)
        .replace("{hours}", brand.helpline_hours.of(language))
        .replace("{site}", &brand.site)
}

/// Markdown as HTML: raw HTML is shown as text, links stay within the language.
fn rendered(text: &str, language: Language) -> Markup {
    let events = Parser::new_ext(text, Options::empty()).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if dest_url.starts_with('/') { CowStr::from(language.path(&dest_url)) } else { dest_url };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        other => other,
    });
    let mut out = String::with_capacity(text.len() * 2);
    pulldown_cmark::html::push_html(&mut out, events);
    // The parser has escaped every text, and no event is raw HTML.
    PreEscaped(out)
}

/// The National Portal, to which every government page must link (GIG-02).
const PORTAL: &str = "https://www.india.gov.in";

/// The links below every page.
#[must_use]
pub fn footer(language: Language, words: &Catalogue) -> Markup {
    let label = |name: &str| words.get(&format!("foot.{name}"));
    html! {
        @for name in ["about", "how", "figures", "privacy", "accessibility", "contact", "terms", "sitemap"] {
            li { a href=(language.path(&format!("/{name}"))) { @if let Some(label) = label(name) { (label) } } }
        }
        li { a href=(PORTAL) target="_blank" rel="noopener" { @if let Some(label) = label("portal") { (label) } } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_html_that_cannot_carry_a_script() {
        let PreEscaped(html) =
            rendered("# A\n\nSee [help](/help) <script>alert(1)</script>\n\n<b>x</b>\n", Language::Urdu);
        assert!(html.contains("<h1>A</h1>") && html.contains("href=\"/ur/help\""), "{html}");
        assert!(!html.contains("<script") && !html.contains("<b>"), "{html}");
    }
}
