//! Prepares the HTML of a built app for serving: inlines its style sheets, keeps the part for one page in one language,
//! fills in the configuration, and makes the content security policy that names exactly what is in it.
//!
//! In the HTML, `data-t="key"` marks an element whose text is in the catalogue, `data-says="key"` an element whose next
//! attribute is, `data-page="lodge"` what stands on one page only, and `data-link` a link that stays in the language.

use super::plain::{LANGUAGES, MAIN, TITLE};
use super::text;
use crate::catalogue::{Catalogue, spoken};
use anyhow::{Context, Result, anyhow, ensure};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lol_html::html_content::{ContentType, Element};
use lol_html::{ElementContentHandlers, HandlerResult, RewriteStrSettings, Selector, element, rewrite_str, text};
use maud::{Markup, PreEscaped, html};
use model::Language;
use model::wire::Brand;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::path::Path;

/// What changes the elements of a selector.
type Change<'h> = (Cow<'static, Selector>, ElementContentHandlers<'h>);

fn rewritten(html: &str, changes: Vec<Change<'_>>) -> Result<String> {
    let settings =
        changes.into_iter().fold(RewriteStrSettings::new(), RewriteStrSettings::append_element_content_handler);
    Ok(rewrite_str(html, settings)?)
}

/// The HTML of an app with its style sheets inlined: a few kilobytes that would otherwise cost a poor connection
/// another round trip before anything can be read.
///
/// # Errors
/// Names the file that cannot be read.
pub fn read(dist: &Path, name: &str) -> Result<String> {
    let built = |name: &str| {
        let path = dist.join(name);
        std::fs::read_to_string(&path).with_context(|| format!("{} is not built", path.display()))
    };
    let inline = |link: &mut Element<'_, '_>| {
        let href = link.get_attribute("href").unwrap_or_default();
        // Not escaped: it would no longer be a style sheet.
        let style = html! { style { (PreEscaped(built(href.trim_start_matches('/'))?)) } };
        link.replace(&style.into_string(), ContentType::Html);
        Ok(())
    };
    rewritten(&built(name)?, vec![element!("link[rel='stylesheet']", inline)])
}

/// The texts that a page uses.
#[derive(Debug, Clone, Copy)]
pub struct Wording<'a> {
    /// The language.
    pub language: Language,
    /// Its catalogue.
    pub words: &'a Catalogue,
    /// The helpline.
    pub brand: &'a Brand,
}

/// What a page puts into the HTML of its app.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    /// The value of `data-page` whose elements are kept.
    pub part: &'a str,
    /// The page's path without the language.
    pub path: &'a str,
    /// Its title.
    pub title: &'a str,
    /// Added at the end of its head.
    pub head: Markup,
}

/// A page of an app, and its policy (SEC-40).
///
/// # Errors
/// Where the HTML cannot be read.
pub fn page(html: &str, wording: Wording<'_>, content: &Content<'_>) -> Result<(String, String)> {
    let menu = languages(wording.language, content.path).into_string();
    let mut changes = worded(wording, content.part);
    changes.push(element!("title", |title| within(title, content.title, ContentType::Text)));
    changes.push(element!("[data-languages]", |place| instead(place, &menu)));
    changes.push(element!("head", |head| {
        head.append(&content.head.0, ContentType::Html);
        Ok(())
    }));
    let html = rewritten(html, changes)?;
    let (scripts, styles) = (hashes(&html, "script:not([src])")?, hashes(&html, "style")?);
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' blob:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    );
    Ok((html, policy))
}

/// The frame of the pages rendered by the server, and its policy: the app's head and foot without its scripts, with
/// marks for what a page fills in.
///
/// # Errors
/// Where the HTML cannot be read, or lacks a place for something.
pub fn frame(html: &str, wording: Wording<'_>) -> Result<(String, String)> {
    let remove = |element: &mut Element<'_, '_>| {
        element.remove();
        Ok(())
    };
    let mut changes = worded(wording, "text");
    changes.push(element!("script, link[rel='preload'], link[rel='modulepreload']", remove));
    changes.push(element!("title", |title| within(title, &TITLE.to_string(), ContentType::Text)));
    changes.push(element!("[data-languages]", |place| instead(place, &LANGUAGES.to_string())));
    changes.push(element!("head", |head| {
        // After the app's own styles, whose cascade layers must come first.
        let pages = html! { link rel="stylesheet" href="/pages.css"; };
        head.append(&pages.0, ContentType::Html);
        Ok(())
    }));
    changes.push(element!("main", |main| {
        main.prepend(&MAIN.to_string(), ContentType::Text);
        Ok(())
    }));
    let html = rewritten(html, changes)?;
    for (mark, name) in [(TITLE, "title"), (LANGUAGES, "list of languages"), (MAIN, "main part")] {
        ensure!(html.matches(mark).count() == 1, "index.html has not one {name}");
    }
    let policy = format!(
        "default-src 'none'; style-src 'self'{}; img-src 'self'; media-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        hashes(&html, "style")?
    );
    Ok((html, policy))
}

/// Links to the same page in each language, named in that language.
#[must_use]
pub fn languages(language: Language, path: &str) -> Markup {
    html! {
        @for to in Language::CITIZEN {
            li {
                a href=(to.path(path)) lang=(to.tag()) dir=(to.direction()) hreflang=(to.tag())
                    aria-current=[(to == language).then_some("true")] { (to.own_name()) }
            }
        }
    }
}

fn within(element: &mut Element<'_, '_>, content: &str, kind: ContentType) -> HandlerResult {
    element.set_inner_content(content, kind);
    Ok(())
}

fn instead(element: &mut Element<'_, '_>, html: &str) -> HandlerResult {
    element.replace(html, ContentType::Html);
    Ok(())
}

/// Keeps one part, replaces the Bengali texts by those of the language, makes links stay in the language, and fills in
/// the helpline.
fn worded<'a>(wording: Wording<'a>, part: &'a str) -> Vec<Change<'a>> {
    let Wording { language, words, brand } = wording;
    vec![
        element!("section[data-page]", move |section| {
            if section.get_attribute("data-page").as_deref() != Some(part) {
                section.remove();
            }
            Ok(())
        }),
        element!("html", move |html| {
            html.set_attribute("lang", language.tag())?;
            html.set_attribute("dir", language.direction())?;
            Ok(())
        }),
        element!("[data-t]", move |element| match element.get_attribute("data-t").and_then(|key| words.get(&key)) {
            Some(text) => within(element, text, ContentType::Text),
            None => Ok(()),
        }),
        element!("[data-says]", move |element| says(element, words)),
        element!("[data-language-name]", move |name| within(name, language.own_name(), ContentType::Text)),
        element!("[data-foot]", move |place| instead(place, &text::footer(language, words).0)),
        element!("a[data-link]", move |link| change(link, "href", |path| format!("{}{path}", language.prefix()))),
        element!("form[data-link]", move |form| change(form, "action", |path| format!("{}{path}", language.prefix()))),
        element!("link[rel='manifest']", move |link| {
            change(link, "href", |href| format!("{href}?language={}", language.tag()))
        }),
        element!("link[href^='/locales/']", move |link| {
            change(link, "href", |href| href.replace(".bn.", &format!(".{}.", language.tag())))
        }),
        element!("a[href^='tel:']", move |call| {
            call.set_attribute("href", &format!("tel:+91{}", brand.helpline))?;
            within(call, &spoken(&brand.helpline), ContentType::Text)
        }),
    ]
}

fn change(element: &mut Element<'_, '_>, name: &str, to: impl Fn(&str) -> String) -> HandlerResult {
    if let Some(value) = element.get_attribute(name) {
        element.set_attribute(name, &to(&value))?;
    }
    Ok(())
}

/// Puts a text of the language into the attribute that follows `data-says`.
fn says(element: &mut Element<'_, '_>, words: &Catalogue) -> HandlerResult {
    let Some(key) = element.get_attribute("data-says") else { return Ok(()) };
    let next = element.attributes().iter().skip_while(|attribute| attribute.name() != "data-says").nth(1);
    let name = next.map(lol_html::html_content::Attribute::name).ok_or_else(|| anyhow!("nothing says {key}"))?;
    element.remove_attribute("data-says");
    if let Some(text) = words.get(&key) {
        element.set_attribute(&name, &html! { (text) }.0)?;
    }
    Ok(())
}

/// The hashes of the content of these elements, as the policy lists them.
fn hashes(html: &str, selector: &str) -> Result<String> {
    let (mut hashes, mut content) = (String::new(), String::new());
    let read = text!(selector, |chunk| {
        content.push_str(chunk.as_str());
        if chunk.last_in_text_node() && !content.is_empty() {
            hashes.push_str(&format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(&content))));
            content.clear();
        }
        Ok(())
    });
    rewritten(html, vec![read])?;
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(html: &str, brand: &Brand) -> (String, String) {
        let words = Catalogue::from([("a".to_owned(), "A & \"B\"".to_owned())]);
        let wording = Wording { language: Language::English, words: &words, brand };
        let content = Content { part: "lodge", path: "/lodge", title: "<T>", head: html! { meta name="m"; } };
        page(html, wording, &content).expect("a page")
    }

    #[test]
    fn a_page_keeps_its_own_part_and_speaks_its_language() {
        let html = "<html lang=\"bn\"><head><title>ক</title></head><a data-link href=\"/lodge\" data-says=\"a\" aria-label=\"ক\" data-t=\"a\">ক</a>\
            <section data-page=\"home\"><p data-t=\"a\">h</p></section><section data-page=lodge>l</section><link rel=preload href='/locales/later.bn.json'>";
        assert_eq!(
            said(html, &Brand::default()).0,
            "<html lang=\"en\" dir=\"ltr\"><head><title>&lt;T&gt;</title><meta name=\"m\"></head><a data-link href=\"/en/lodge\" \
             aria-label=\"A &amp; &quot;B&quot;\" data-t=\"a\">A &amp; \"B\"</a><section data-page=lodge>l</section>\
             <link rel=preload href=\"/locales/later.en.json\">"
        );
    }

    #[test]
    fn every_call_goes_to_the_configured_helpline() {
        let written =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/index.html")).expect("it");
        let brand = Brand { helpline: "1800123456".into(), ..Brand::default() };
        let (html, _) = said(&written, &brand);
        assert!(html.contains("tel:+911800123456") && html.contains(">18001 23456<"));
        assert!(!html.contains("91370"));
    }

    #[test]
    fn the_policy_names_what_stands_in_the_page_and_nothing_else() {
        let html = "<style>p{}</style><script type=\"module\">a()</script><script src=\"/x.js\"></script>";
        let (_, policy) = said(html, &Brand::default());
        assert_eq!(policy.matches("sha256-").count(), 2);
        for content in ["a()", "p{}"] {
            assert!(policy.contains(&STANDARD.encode(Sha256::digest(content.as_bytes()))));
        }
        assert!(!policy.contains("unsafe-inline"));
    }
}
