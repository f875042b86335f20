//! The apps' HTML, useful before and without WebAssembly: rendered at start, once for each language and page; compressed when
//! first asked for.

use super::built::{self, Content, Wording};
use crate::catalogue::{Catalogue, catalogue, served_words};
use anyhow::{Context, Result, ensure};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use maud::{Markup, html};
use model::Language;
use model::page::{CitizenPage, Page as _, StaffPage, Step};
use model::wire::Brand;
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

/// A rendered page.
#[derive(Debug, Clone)]
struct Page {
    html: Served,
    policy: HeaderValue,
}

/// All rendered pages.
#[derive(Debug, Clone, Default)]
pub struct Shells {
    pages: HashMap<(App, Language, Part), Page>,
    /// The apps' catalogues by path.
    words: HashMap<String, Served>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum App {
    Citizen,
    Staff,
}

impl App {
    fn speaks(self, language: Language) -> bool {
        self == Self::Citizen || Language::STAFF.contains(&language)
    }

    fn has(self, part: Part) -> bool {
        self == Self::Citizen || part == Part::Other
    }

    /// What a page adds to the head of the built HTML; `follow` are the files of the part behind the sign-in.
    fn head(self, part: Part, language: Language, version: &str, follow: &[String]) -> Markup {
        html! {
            @if self == Self::Citizen {
                meta name="version" content=(version);
                @if part == Part::Follow {
                    // Requested together with the app, not after it has loaded.
                    @for name in ["later", "mine"] {
                        link rel="preload" href={ "/locales/" (name) "." (language.tag()) ".json" } as="fetch" crossorigin;
                    }
                    @for name in follow {
                        link rel="preload" href={ "/" (name) } as="fetch" crossorigin;
                    }
                }
                @if matches!(part, Part::Follow | Part::Other) {
                    // Without scripts the browser goes to the same page without the app.
                    noscript { meta http-equiv="refresh" content={ "0;url=?" (PLAIN) }; }
                }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Home,
    Lodge,
    /// The pages behind the sign-in.
    Follow,
    Other,
}

impl Part {
    const ALL: [Self; 4] = [Self::Home, Self::Lodge, Self::Follow, Self::Other];

    /// The part that a page of the citizen app begins with; `None` for no page.
    fn of(page: &CitizenPage) -> Option<Self> {
        Some(match page {
            CitizenPage::Home => Self::Home,
            CitizenPage::Lodge(Step::What) => Self::Lodge,
            CitizenPage::Mine
            | CitizenPage::Everything
            | CitizenPage::Number
            | CitizenPage::Case(_)
            | CitizenPage::Partly(_)
            | CitizenPage::Act(..)
            | CitizenPage::Proof(_)
            | CitizenPage::SignIn
            | CitizenPage::Code
            | CitizenPage::Find => Self::Follow,
            CitizenPage::Lodge(_) | CitizenPage::Next | CitizenPage::Done(_) | CitizenPage::Ended => Self::Other,
            CitizenPage::Queue | CitizenPage::Receipts | CitizenPage::Voice | CitizenPage::Unknown => return None,
        })
    }

    /// The `data-page` of its elements.
    fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Lodge => "lodge",
            Self::Follow | Self::Other => "other",
        }
    }
}

/// A text that is served often: compressed once, when it is first asked for, so that nobody waits for it at the start.
#[derive(Debug, Clone)]
struct Served {
    plain: Bytes,
    brotli: OnceLock<Option<Bytes>>,
}

impl Served {
    fn of(text: String) -> Self {
        Self { plain: text.into(), brotli: OnceLock::new() }
    }

    /// Compressed with Brotli.
    fn brotli(&self) -> Option<Bytes> {
        let compress = || {
            let mut brotli = Vec::new();
            brotli::CompressorWriter::new(&mut brotli, 4096, 11, 22).write_all(&self.plain).ok()?;
            Some(brotli.into())
        };
        self.brotli.get_or_init(compress).clone()
    }

    /// Answers with whichever of the two the client accepts.
    fn answer(&self, media: &'static str, headers: &HeaderMap) -> Response {
        let brotli = takes_brotli(headers).then(|| self.brotli()).flatten();
        let encoded = brotli.is_some();
        let mut response = brotli.unwrap_or_else(|| self.plain.clone()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if encoded {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
        }
        response
    }
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.split(',').any(|coding| coding.trim().starts_with("br")))
}

impl Shells {
    /// Renders every page from the built files; the citizen's pages name their version.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn load(dist: &Path, public: &Path, brand: &Brand, version: &str) -> Result<Self> {
        let citizen = built::read(dist, "index.html")?;
        ensure!(citizen.contains("data-page"), "index.html has no parts");
        let htmls = [(App::Citizen, citizen), (App::Staff, built::read(dist, "staff/index.html")?)];
        let follow = parts_of(dist, "follow")?;
        let (mut pages, mut served) = (HashMap::new(), HashMap::new());
        for language in Language::CITIZEN {
            let words = catalogue(public, brand, language)?;
            for (path, text) in served_words(public, brand, language)? {
                served.insert(path, Served::of(text));
            }
            let wording = Wording { language, words: &words, brand };
            for (app, html) in htmls.iter().filter(|(app, _)| app.speaks(language)) {
                for part in Part::ALL.into_iter().filter(|part| app.has(*part)) {
                    let title = title(part, &words);
                    let head = app.head(part, language, version, &follow);
                    let path =
                        if part == Part::Lodge { CitizenPage::Lodge(Step::What) } else { CitizenPage::Home }.path();
                    let content = Content { part: part.name(), path: &path, title: &title, head };
                    let (html, policy) = built::page(html, wording, &content)?;
                    let policy = HeaderValue::from_str(&policy)?;
                    pages.insert((*app, language, part), Page { html: Served::of(html), policy });
                }
            }
        }
        Ok(Self { pages, words: served })
    }

    /// The catalogue of this path.
    #[must_use]
    pub fn words(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        Some(self.words.get(path)?.answer("application/json", headers))
    }

    /// The page of a path; `None` where no app has it.
    #[must_use]
    pub fn page(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let (language, rest) = Language::of_path(path);
        let rest = if rest.len() > 1 { rest.trim_end_matches('/') } else { rest };
        let page = CitizenPage::of(rest);
        let of_staff = rest.split('/').nth(1) == Some("staff");
        let (app, part) = match Part::of(&page) {
            Some(part) => (App::Citizen, part),
            None if of_staff => (App::Staff, Part::Other),
            None => return None,
        };
        let made = self.pages.get(&(app, language, part))?;
        let mut response = made.html.answer("text/html; charset=utf-8", headers);
        // The staff app says so in its own frame.
        if of_staff && StaffPage::of(rest) == StaffPage::Unknown {
            *response.status_mut() = StatusCode::NOT_FOUND;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, made.policy.clone());
        // The case itself is requested before the app has loaded.
        if let CitizenPage::Case(reference) = page {
            let link = format!("</api/grievances/{reference}>; rel=preload; as=fetch; crossorigin");
            headers.extend(HeaderValue::from_str(&link).ok().map(|link| (header::LINK, link)));
        }
        Some(response)
    }
}

/// The query that asks for a page without the app.
pub const PLAIN: &str = "plain";

/// The path of the same page without the app; both are without the language.
#[must_use]
pub fn without_app(path: &str) -> String {
    match CitizenPage::of(path) {
        CitizenPage::Case(reference)
        | CitizenPage::Partly(reference)
        | CitizenPage::Act(reference, _)
        | CitizenPage::Proof(reference) => format!("/plain/case/{reference}"),
        CitizenPage::Done(reference) => format!("/plain/sign-in?case={reference}"),
        CitizenPage::Lodge(Step::Danger) => "/plain/danger".to_owned(),
        CitizenPage::Lodge(_) | CitizenPage::Next => CitizenPage::Lodge(Step::What).path(),
        CitizenPage::Find => "/plain/find".to_owned(),
        CitizenPage::Mine | CitizenPage::Everything | CitizenPage::Number => "/plain/mine".to_owned(),
        CitizenPage::SignIn | CitizenPage::Code => "/plain/sign-in".to_owned(),
        CitizenPage::Home
        | CitizenPage::Ended
        | CitizenPage::Queue
        | CitizenPage::Receipts
        | CitizenPage::Voice
        | CitizenPage::Unknown => CitizenPage::Home.path(),
    }
}

/// The files of a part of the app.
fn parts_of(dist: &Path, part: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(dist).with_context(|| format!("{}", dist.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(&format!(".split_{part}.wasm")) || (name.contains(".chunk_") && name.ends_with(".wasm")) {
            names.push(name);
        }
    }
    Ok(names)
}

/// The title that the app will set: that of the page, followed by the name of the service.
fn title(part: Part, words: &Catalogue) -> String {
    let key = match part {
        Part::Home => Some("home.lodge"),
        Part::Lodge => Some("lodge.what.title"),
        Part::Follow | Part::Other => None,
    };
    let brand = words.get("brand").map_or("", String::as_str);
    key.and_then(|key| words.get(key)).map_or_else(|| brand.to_owned(), |title| format!("{title} – {brand}"))
}
