//! The apps' HTML, useful before and without WebAssembly: rendered once per language from the built files, with a
//! content security policy that names exactly the scripts that stand in it.
//!
//! In the HTML an element with `data-t="key"` holds a text of the catalogue in Bengali; for another language its
//! text is replaced. `data-page="lodge"` marks what stands on one page only.

use super::{plain, text};
use anyhow::{Context, Result, ensure};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use model::Language;
use model::wire::Brand;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::Path;

/// A rendered page.
#[derive(Debug, Clone)]
struct Page {
    html: Bytes,
    brotli: Bytes,
    policy: HeaderValue,
}

/// All rendered pages.
#[derive(Debug, Clone, Default)]
pub struct Shells {
    pages: HashMap<(App, Language, Part), Page>,
    /// The apps' catalogues, by their paths.
    words: HashMap<String, (Bytes, Bytes)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum App {
    Citizen,
    Staff,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Part {
    Home,
    Lodge,
    /// Behind the sign-in.
    Follow,
    Other,
    Text,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Lodge => "lodge",
            Self::Follow | Self::Other => "other",
            Self::Text => "text",
        }
    }
}

/// The texts of a catalogue.
pub type Catalogue = HashMap<String, String>;

/// Reads what citizens are told in a language: by the app and by the server's own pages.
///
/// # Errors
/// Names the file.
pub fn catalogue(public: &Path, brand: &Brand, language: Language) -> Result<Catalogue> {
    let mut all = Catalogue::new();
    for name in ["citizen", "later", "mine", "pages"] {
        all.extend(words(public, name, brand, language)?);
    }
    Ok(all)
}

/// One catalogue; what the brand says stands in its configuration alone.
fn words(public: &Path, name: &str, brand: &Brand, language: Language) -> Result<Catalogue> {
    let path = public.join("locales").join(format!("{name}.{}.json", language.tag()));
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let mut words: Catalogue = serde_json::from_str(&text).with_context(|| format!("{}", path.display()))?;
    for (key, names) in [("brand", &brand.name), ("helpline.hours", &brand.helpline_hours)] {
        if let Some(text) = words.get_mut(key) {
            names.of(language).clone_into(text);
        }
    }
    if let Some(owner) = words.get_mut("foot.owner") {
        *owner = owner.replace("{state}", brand.state.of(language));
    }
    Ok(words)
}

/// The catalogues that the apps download in a language, by path: from their files, so that they are changed without a build.
///
/// # Errors
/// Names the file.
pub fn served_words(public: &Path, brand: &Brand, language: Language) -> Result<Vec<(String, String)>> {
    let staff: &[&str] = if Language::STAFF.contains(&language) { &["staff"] } else { &[] };
    let names = ["citizen", "later", "mine"].iter().chain(staff);
    names
        .map(|name| {
            let words: BTreeMap<_, _> = words(public, name, brand, language)?.into_iter().collect();
            Ok((format!("/locales/{name}.{}.json", language.tag()), serde_json::to_string(&words)?))
        })
        .collect()
}

/// The helpline as people read it: `91370 91370`.
#[must_use]
pub fn spoken(number: &str) -> String {
    match number.split_at_checked(5) {
        Some((first, second)) => format!("{first} {second}"),
        None => number.to_owned(),
    }
}

/// The number that stands in the HTML as it was written.
const WRITTEN: &str = "9137091370";

/// The HTML with the configured helpline.
fn branded(html: &str, brand: &Brand) -> String {
    html.replace(&format!("tel:+91{WRITTEN}"), &format!("tel:+91{}", brand.helpline))
        .replace(&spoken(WRITTEN), &spoken(&brand.helpline))
}

/// Bytes as they are and as Brotli has them.
fn compressed(text: &str) -> Result<(Bytes, Bytes)> {
    let mut brotli = Vec::new();
    brotli::CompressorWriter::new(&mut brotli, 4096, 11, 22).write_all(text.as_bytes())?;
    Ok((text.as_bytes().to_vec().into(), brotli.into()))
}

fn takes_brotli(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    accepted.is_some_and(|accepted| accepted.split(',').any(|coding| coding.trim().starts_with("br")))
}

/// An answer in whichever of the two is understood.
fn answer(plain: &Bytes, brotli: &Bytes, media: &'static str, headers: &HeaderMap) -> Response {
    let encoded = takes_brotli(headers);
    let mut response = if encoded { brotli.clone() } else { plain.clone() }.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if encoded {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
    }
    response
}

impl Shells {
    /// Renders every page from the built files; the citizen's pages say of which version they are.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn load(dist: &Path, public: &Path, brand: &Brand, version: &str) -> Result<Self> {
        let read = |path: &str| {
            std::fs::read_to_string(dist.join(path))
                .with_context(|| format!("{} is not built", dist.join(path).display()))
        };
        let (citizen, staff) = (read("index.html")?, read("staff/index.html")?);
        ensure!(citizen.contains("<section data-page=\"home\">"), "index.html has no parts: was it minified?");
        let styled = |html: &str| -> Result<String> { Ok(branded(&inline_styles(html, dist)?, brand)) };
        let (citizen, staff) = (styled(&citizen)?, styled(&staff)?);
        let meta = format!("<meta name=\"version\" content=\"{version}\"></head>");
        let citizen = citizen.replacen("</head>", &meta, 1);
        let follow = with_part(&citizen, dist, "follow")?;
        let (mut pages, mut served) = (HashMap::new(), HashMap::new());
        for language in Language::CITIZEN {
            let words = catalogue(public, brand, language)?;
            for (path, text) in served_words(public, brand, language)? {
                served.insert(path, compressed(&text)?);
            }
            for part in [Part::Home, Part::Lodge, Part::Follow, Part::Other] {
                let html = if part == Part::Follow { &follow } else { &citizen };
                pages.insert((App::Citizen, language, part), render(html, language, part, &words)?);
                if Language::STAFF.contains(&language) && part != Part::Follow {
                    pages.insert((App::Staff, language, part), render(&staff, language, part, &words)?);
                }
            }
        }
        Ok(Self { pages, words: served })
    }

    /// A catalogue of this path.
    #[must_use]
    pub fn words(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let (plain, brotli) = self.words.get(path)?;
        Some(answer(plain, brotli, "application/json", headers))
    }

    /// The page of a path; none where no app has it.
    #[must_use]
    pub fn page(&self, path: &str, headers: &HeaderMap) -> Option<Response> {
        let (language, rest) = Language::of_path(path);
        let app = match rest.split('/').nth(1) {
            Some("staff") => App::Staff,
            _ => App::Citizen,
        };
        let part = match rest.trim_end_matches('/') {
            "" => Part::Home,
            "/lodge" => Part::Lodge,
            rest if app == App::Citizen && FOLLOW.iter().any(|start| rest.starts_with(start)) => Part::Follow,
            rest if app == App::Staff || OTHERS.iter().any(|start| rest.starts_with(start)) => Part::Other,
            _ => return None,
        };
        let page = self.pages.get(&(app, language, part))?;
        let mut response = answer(&page.html, &page.brotli, "text/html; charset=utf-8", headers);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, page.policy.clone());
        // The case itself is on its way before the app is.
        if let Some(number) = rest.strip_prefix("/case/").filter(|number| number.bytes().all(|c| c.is_ascii_digit())) {
            let link = format!("</api/grievances/{number}>; rel=preload; as=fetch; crossorigin");
            headers.extend(HeaderValue::from_str(&link).ok().map(|link| (header::LINK, link)));
        }
        Some(response)
    }
}

/// The query that asks for a page without the app.
const PLAIN: &str = "?plain";

/// Where the same page stands without the app; both without their language.
#[must_use]
pub fn without_app(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["case" | "check", number, ..] => format!("/plain/case/{number}"),
        ["done", number] => format!("/plain/sign-in?case={number}"),
        ["lodge", "danger"] => "/plain/danger".to_owned(),
        ["lodge", ..] => "/lodge".to_owned(),
        ["find"] => "/plain/find".to_owned(),
        ["mine" | "check", ..] => "/plain/mine".to_owned(),
        ["sign-in", ..] => "/plain/sign-in".to_owned(),
        _ => "/".to_owned(),
    }
}

/// Pages that need the part of the app behind the sign-in.
const FOLLOW: [&str; 5] = ["/mine", "/case/", "/check", "/sign-in", "/find"];

/// The app's other pages.
const OTHERS: [&str; 3] = ["/lodge/", "/done/", "/signed-out"];

/// Asks for a part of the app and its words together with the app, not when the app has come.
fn with_part(html: &str, dist: &Path, part: &str) -> Result<String> {
    let mut links = String::new();
    for name in ["later", "mine"] {
        links.push_str(&format!("<link rel=\"preload\" href=\"/locales/{name}.bn.json\" as=\"fetch\" crossorigin>"));
    }
    for entry in std::fs::read_dir(dist).with_context(|| format!("{}", dist.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(&format!(".split_{part}.wasm")) || (name.contains(".chunk_") && name.ends_with(".wasm")) {
            links.push_str(&format!("<link rel=\"preload\" href=\"/{name}\" as=\"fetch\" crossorigin>"));
        }
    }
    Ok(html.replacen("</head>", &format!("{links}</head>"), 1))
}

fn render(html: &str, language: Language, part: Part, words: &Catalogue) -> Result<Page> {
    let html = html.replace(" nonce=\"{{__TRUNK NONCE__}}\"", "");
    let path = if part == Part::Lodge { "/lodge" } else { "/" };
    let mut html = languages(&keep_part(&html, part), language, path);
    if matches!(part, Part::Follow | Part::Other) && html.contains(PLAIN) {
        // Where no script runs, the same page comes without the app.
        let leads = format!("<noscript><meta http-equiv=\"refresh\" content=\"0;url={PLAIN}\"></noscript></head>");
        html = html.replacen("</head>", &leads, 1);
    }
    let html = titled(&translate(&html, language, words), part, words);
    let policy = policy(&html);
    let (html, brotli) = compressed(&html)?;
    Ok(Page { html, brotli, policy: HeaderValue::from_str(&policy)? })
}

/// Titles the page as the app will: by what stands on it, with the service's name behind it.
fn titled(html: &str, part: Part, words: &Catalogue) -> String {
    let key = match part {
        Part::Home => Some("home.lodge"),
        Part::Lodge => Some("lodge.what.title"),
        _ => None,
    };
    let brand = words.get("brand").map_or("", String::as_str);
    let title =
        key.and_then(|key| words.get(key)).map_or_else(|| brand.to_owned(), |title| format!("{title} – {brand}"));
    match (html.split_once("<title>"), html.split_once("</title>")) {
        (Some((before, _)), Some((_, after))) => format!("{before}<title>{}</title>{after}", escape(&title)),
        _ => html.to_owned(),
    }
}

/// The frame of the pages that the server makes by itself: the app's head and foot without its scripts, and its policy.
///
/// # Errors
/// Where the built app cannot be read.
pub fn frame(dist: &Path, brand: &Brand, language: Language, words: &Catalogue) -> Result<(String, String)> {
    let html = std::fs::read_to_string(dist.join("index.html")).context("index.html is not built")?;
    let html = branded(&inline_styles(&html, dist)?, brand);
    let html = languages(&keep_part(&html, Part::Text), language, plain::PATH);
    let html = translate(&html, language, words);
    let html = without(&html, "<script", "</script>");
    let html = without(&without(&html, "<link rel=\"preload\"", ">"), "<link rel=\"modulepreload\"", ">");
    let (head, rest) = html.split_once("<title>").context("index.html has no title")?;
    let (_, rest) = rest.split_once("</title>").context("the title of index.html does not end")?;
    let html = format!("{head}<title>{}</title>{rest}", plain::TITLE);
    // After the app's own styles, whose layers come first.
    let html = html.replacen("</head>", "<link rel=\"stylesheet\" href=\"/pages.css\"></head>", 1);
    let main = "<main id=\"main\" class=\"page\" tabindex=\"-1\">";
    ensure!(html.contains(main), "index.html has no main part");
    let html = html.replacen(main, &format!("{main}{}", plain::MAIN), 1);
    let policy = format!(
        "default-src 'none'; style-src 'self'{}; img-src 'self'; media-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        hashes(&html, "style")
    );
    Ok((html, policy))
}

/// Drops every stretch from `start` to the next `end`.
fn without(html: &str, start: &str, end: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(start) {
        kept.push_str(before);
        rest = after.split_once(end).map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}

/// Puts the style sheets into the page: a few kilobytes that would cost a poor line another round trip before anything
/// can be read.
fn inline_styles(html: &str, dist: &Path) -> Result<String> {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<link rel=\"stylesheet\" href=\"/") {
        let (path, after) = after.split_once('"').context("a style sheet without an address")?;
        let (_, after) = after.split_once('>').context("a style sheet's link does not end")?;
        let style = std::fs::read_to_string(dist.join(path)).with_context(|| format!("{path} is not built"))?;
        out.push_str(before);
        out.push_str("<style>");
        out.push_str(&style);
        out.push_str("</style>");
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Drops the sections of other parts: `<section data-page="…">` to its end; they do not nest.
fn keep_part(html: &str, part: Part) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("<section data-page=\"") {
        kept.push_str(before);
        let (name, _) = after.split_once('"').unwrap_or((after, ""));
        let end = after.find("</section>").map_or(after.len(), |end| end + "</section>".len());
        if name == part.name() {
            kept.push_str("<section data-page=\"");
            kept.push_str(after.get(..end).unwrap_or_default());
        }
        rest = after.get(end..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept
}

/// Fills the list of languages: each by its own name, leading to the same page.
fn languages(html: &str, language: Language, path: &str) -> String {
    let links: String = Language::CITIZEN
        .iter()
        .map(|to| {
            let current = if *to == language { " aria-current=\"true\"" } else { "" };
            let (tag, direction, href, name) = (to.tag(), to.direction(), to.path(path), to.own_name());
            format!(
                "<li><a href=\"{href}\" lang=\"{tag}\" dir=\"{direction}\" hreflang=\"{tag}\"{current}>{name}</a></li>"
            )
        })
        .collect();
    html.replace("<li data-languages></li>", &links)
        .replace("data-language-name>বাংলা", &format!("data-language-name>{}", language.own_name()))
}

/// Puts the texts of the language in place of the Bengali ones, and makes links stay in it.
fn translate(html: &str, language: Language, words: &Catalogue) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("data-t=\"") {
        out.push_str(before);
        out.push_str("data-t=\"");
        let (key, tail) = after.split_once('"').unwrap_or((after, ""));
        let (open, tail) = tail.split_once('>').unwrap_or((tail, ""));
        let end = tail.find('<').unwrap_or(tail.len());
        out.push_str(key);
        out.push('"');
        out.push_str(open);
        out.push('>');
        match words.get(key) {
            Some(text) => out.push_str(&escape(text)),
            None => out.push_str(tail.get(..end).unwrap_or_default()),
        }
        rest = tail.get(end..).unwrap_or_default();
    }
    out.push_str(rest);
    let out = labelled(&out, words);
    let prefix = format!("{}/", language.prefix());
    let out = out.replace("<li data-foot></li>", &text::footer(language, words));
    out.replace("<html lang=\"bn\"", &format!("<html lang=\"{}\" dir=\"{}\"", language.tag(), language.direction()))
        .replace("data-link href=\"/", &format!("data-link href=\"{prefix}"))
        .replace("data-link action=\"/", &format!("data-link action=\"{prefix}"))
        .replace("/manifest.webmanifest", &format!("/manifest.webmanifest?language={}", language.tag()))
        .replace("/locales/citizen.bn.", &format!("/locales/citizen.{}.", language.tag()))
        .replace("/locales/later.bn.", &format!("/locales/later.{}.", language.tag()))
        .replace("/locales/mine.bn.", &format!("/locales/mine.{}.", language.tag()))
        .replace("/locales/staff.bn.", &format!("/locales/staff.{}.", language.tag()))
}

/// Puts the texts of the language into attributes: `data-says="key"` names what the attribute behind it says.
fn labelled(html: &str, words: &Catalogue) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once("data-says=\"") {
        out.push_str(before);
        let (key, tail) = after.split_once("\" ").unwrap_or((after, ""));
        let (name, tail) = tail.split_once("=\"").unwrap_or((tail, ""));
        let (written, tail) = tail.split_once('"').unwrap_or((tail, ""));
        let said = words.get(key).map_or_else(|| written.to_owned(), |text| escape(text));
        out.push_str(&format!("{name}=\"{said}\""));
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Makes a text safe between tags and in double quotes.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The hashes of what stands in the page between the tags of this element.
fn hashes(html: &str, element: &str) -> String {
    let mut hashes = String::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once(&format!("<{element}")) {
        let (open, after) = after.split_once('>').unwrap_or((after, ""));
        let (content, after) = after.split_once(&format!("</{element}>")).unwrap_or((after, ""));
        if !open.contains(" src=") && !content.is_empty() {
            hashes.push_str(" 'sha256-");
            hashes.push_str(&STANDARD.encode(Sha256::digest(content.as_bytes())));
            hashes.push('\'');
        }
        rest = after;
    }
    hashes
}

/// The policy of SEC-40, with the hash of each script and style that stands in the page.
fn policy(html: &str) -> String {
    let (scripts, styles) = (hashes(html, "script"), hashes(html, "style"));
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{scripts}; style-src 'self'{styles}; img-src 'self' blob:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::wire::Names;

    #[test]
    fn a_page_keeps_its_own_part_and_speaks_its_language() {
        let html = "<html lang=\"bn\"><a data-link href=\"/lodge\" data-says=\"a\" aria-label=\"ক\" data-t=\"a\">ক</a><section data-page=\"home\">h</section><section data-page=\"lodge\">l</section>";
        let words = Catalogue::from([("a".to_owned(), "A & B".to_owned())]);
        let page = translate(&keep_part(html, Part::Lodge), Language::English, &words);
        assert_eq!(
            page,
            "<html lang=\"en\" dir=\"ltr\"><a data-link href=\"/en/lodge\" aria-label=\"A &amp; B\" data-t=\"a\">A &amp; B</a><section data-page=\"lodge\">l</section>"
        );
    }

    #[test]
    fn the_brand_and_its_helpline_stand_in_their_configuration_alone() {
        let public = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../public");
        let names = |name: &str| Names { bn: name.into(), en: name.into(), ..Names::default() };
        let brand = Brand {
            name: names("Sahay"),
            state: names("Somewhere"),
            helpline: "1800123456".into(),
            helpline_hours: names("always"),
            ..Brand::default()
        };
        let words = catalogue(&public, &brand, Language::English).expect("the words");
        assert_eq!((words["brand"].as_str(), words["helpline.hours"].as_str()), ("Sahay", "always"));
        assert!(words["foot.owner"].contains("Somewhere"), "{}", words["foot.owner"]);
        let written =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/index.html")).expect("it");
        let html = branded(&written, &brand);
        assert!(html.contains("tel:+911800123456") && html.contains(">18001 23456<"));
        assert!(!html.contains(WRITTEN) && !html.contains(&spoken(WRITTEN)));
    }

    #[test]
    fn the_policy_names_what_stands_in_the_page_and_nothing_else() {
        let page = "<style>p{}</style><script type=\"module\">a()</script><script src=\"/x.js\"></script>";
        let policy = policy(page);
        assert_eq!(policy.matches("sha256-").count(), 2);
        for content in ["a()", "p{}"] {
            assert!(policy.contains(&STANDARD.encode(Sha256::digest(content.as_bytes()))));
        }
        assert!(!policy.contains("unsafe-inline"));
    }
}
