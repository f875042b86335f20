//! The service worker's script, and the manifest that makes the app installable.

use crate::catalogue::served_words;
use anyhow::{Context, Result};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use model::Language;
use model::page::CitizenPage;
use model::wire::Brand;
use sha2::{Digest, Sha256};
use std::path::Path;

/// The script in the repository.
const SCRIPT: &str = include_str!("../../web/sw.js");

/// The script that removes the worker: it unregisters itself and deletes its caches (OFF-05). What people typed is not
/// touched.
const OFF: &str = "self.addEventListener('install', () => self.skipWaiting());\n\
self.addEventListener('activate', (event) => event.waitUntil((async () => {\n\
  const names = (await caches.keys()).filter((name) => name.startsWith('app-') || name === 'tables' || name === 'staff');\n\
  await Promise.all(names.map((name) => caches.delete(name)));\n\
  await self.registration.unregister();\n\
})()));\n";

/// The files of a build that phones cache.
#[derive(Debug, Clone)]
pub struct Build {
    /// Changes with every file and every text of the pages.
    pub version: String,
    /// The files, as an array of the script.
    files: String,
    /// Those of the staff app, which only phones cache that take cases along.
    staff: String,
}

/// The script of a build. Without built apps, or where the worker is switched off, the script that removes it.
#[must_use]
pub fn script(build: Option<&Build>, on: bool) -> String {
    build.filter(|_| on).map_or_else(
        || OFF.to_owned(),
        |build| {
            let script = SCRIPT.replace("{{version}}", &build.version).replace("{{files}}", &build.files);
            let script = script.replace("{{staff}}", &build.staff);
            script.replace("{{starts}}", &CitizenPage::STARTS.join("|"))
        },
    )
}

/// Reads the files of a build.
///
/// # Errors
/// Where the built apps cannot be read.
pub fn build(dist: &Path, public: &Path, brand: &Brand) -> Result<Build> {
    let mut files = files_of(dist, "", &[".js", ".wasm"])?;
    files.push("/icons/emblem.svg".to_owned());
    files.sort();
    // A build for the tests of the server may have the citizen app alone.
    let staff = match dist.join("staff").is_dir() {
        true => files_of(&dist.join("staff"), "/staff", &[".js", ".wasm", ".css"])?,
        false => Vec::new(),
    };
    // The version depends on the files, the page itself and the texts.
    let mut digest = Sha256::new();
    for path in files.iter().cloned().chain(["/index.html".to_owned()]) {
        digest.update(path.as_bytes());
        digest.update(std::fs::read(dist.join(path.trim_start_matches('/'))).with_context(|| path.clone())?);
    }
    for language in Language::CITIZEN {
        for (path, words) in served_words(public, brand, language)? {
            digest.update(path.as_bytes());
            digest.update(words.as_bytes());
        }
    }
    digest.update(serde_json::to_vec(brand)?);
    let version = hex::encode(digest.finalize());
    let list = |files: &[String]| files.iter().map(|file| format!("'{file}'")).collect::<Vec<_>>().join(", ");
    let version = version.get(..16).unwrap_or_default().to_owned();
    Ok(Build { version, files: list(&files), staff: list(&staff) })
}

/// The paths of the files of a folder whose names end so, sorted.
fn files_of(folder: &Path, at: &str, ends: &[&str]) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if ends.iter().any(|end| name.ends_with(end)) {
            files.push(format!("{at}/{name}"));
        }
    }
    files.sort();
    Ok(files)
}

/// Not cacheable: the newest script is requested each time (OFF-01).
#[must_use]
pub fn answer(script: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "no-cache"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"),
    ];
    (headers, script).into_response()
}

/// What the phone shows of the installed app, in the language of the page it was installed from.
#[must_use]
pub fn manifest(brand: &Brand, query: &str) -> Response {
    let language = query.strip_prefix("language=").and_then(Language::from_tag).unwrap_or_default();
    let name = brand.name.of(language);
    let manifest = serde_json::json!({
        "name": name,
        "short_name": name,
        "lang": language.tag(),
        "dir": language.direction(),
        "id": "/",
        "start_url": language.path("/"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5d57",
        "icons": [
            {"src": "/icons/emblem.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            {"src": "/icons/emblem-512.png", "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
        ],
    });
    let headers = [(header::CONTENT_TYPE, "application/manifest+json"), (header::CACHE_CONTROL, "no-cache")];
    (headers, manifest.to_string()).into_response()
}
