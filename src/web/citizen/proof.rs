//! Checks a case against the published ledger: the browser computes every hash itself and trusts no answer.

use super::case::is_emergency;
use leptos::prelude::*;
use model::Reference;
use model::ledger::Entry;
use model::page::CitizenPage;
use model::wire::{GetCase, GetHeads, GetProof, Proof};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web::api;
use web::component::{BackLink, Call112};
use web::format::{counted, digits, moment};
use web::hook::use_remote;
use web::i18n::{fill, key, t};
use web::route::{href, set_title};

/// The result of the check.
#[derive(Debug, Clone, PartialEq)]
struct Found {
    /// Whether the text matches the commitment, and the chain leads from the entry to the published head.
    holds: bool,
    /// Whether the signature of the head is valid; `None` where the browser cannot check it.
    signed: Option<bool>,
    /// The proof, which ends at that head.
    proof: Proof,
}

async fn awaited<T: JsCast>(promise: Result<js_sys::Promise, JsValue>) -> Option<T> {
    JsFuture::from(promise.ok()?).await.ok()?.dyn_into().ok()
}

async fn sha256(bytes: &[u8]) -> Option<Vec<u8>> {
    let subtle = web_sys::window()?.crypto().ok()?.subtle();
    let buffer: js_sys::ArrayBuffer = awaited(subtle.digest_with_str_and_u8_array("SHA-256", bytes)).await?;
    Some(js_sys::Uint8Array::new(&buffer).to_vec())
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect()
}

/// Computes the chain from the text to the published head; `None` where the browser cannot hash.
async fn holds(proof: &Proof) -> Option<bool> {
    let commitment = sha256(&[bytes(&proof.salt)?, proof.statement.clone().into_bytes()].concat()).await?;
    let entry = Entry {
        reference: proof.reference.parse().ok()?,
        version: proof.version,
        at: proof.at,
        by: &proof.by,
        body: &proof.body,
        commitment: Some(&commitment),
    };
    let mut digests = vec![sha256(&entry.bytes(proof.seq)).await?];
    for digest in &proof.after {
        digests.push(bytes(digest)?);
    }
    let mut head = bytes(&proof.before)?;
    for digest in digests {
        head = sha256(&[head, digest].concat()).await?;
    }
    let published = proof.head.as_ref()?;
    Some(head == bytes(&published.hash)? && published.seq == proof.seq + proof.after.len() as u64)
}

/// Checks the signature of the published head; `None` where the browser does not support Ed25519.
async fn signed(proof: &Proof, key: &str) -> Option<bool> {
    let head = proof.head.as_ref()?;
    let subtle = web_sys::window()?.crypto().ok()?.subtle();
    let raw = js_sys::Uint8Array::from(bytes(key)?.as_slice());
    let usages = js_sys::Array::of1(&"verify".into());
    let imported = subtle.import_key_with_str("raw", &raw, "Ed25519", false, &usages);
    let key: web_sys::CryptoKey = awaited(imported).await?;
    let (signature, text) = (bytes(&head.signature)?, head.text());
    let verified = subtle.verify_with_str_and_u8_array_and_u8_array("Ed25519", &key, &signature, text.as_bytes());
    JsFuture::from(verified.ok()?).await.ok()?.as_bool()
}

/// The page of the check.
#[component]
pub fn Check(reference: Reference) -> impl IntoView {
    set_title(&t(key::CHECK_TITLE));
    let found = use_remote(move || async move {
        let proof = api::get(&GetProof { reference }).await?;
        if proof.head.is_none() {
            return Ok(None);
        }
        let signed = match api::get(&GetHeads {}).await {
            Ok(heads) => signed(&proof, &heads.key).await,
            Err(_) => None,
        };
        let holds = holds(&proof).await.unwrap_or(false);
        Ok(Some(Found { holds, signed, proof }))
    });
    // On every page of an emergency stands whom to call; what this page checks does not tell.
    let case = use_remote(move || async move { api::get(&GetCase { reference }).await });
    view! {
        <BackLink href=href(&CitizenPage::Case(reference)) label=t(key::NAV_BACK)/>
        <h1>{t(key::CHECK_TITLE)}</h1>
        {move || (case.with(is_emergency) == Some(true)).then(|| view! { <Call112/> })}
        <p class="lead">{t(key::CHECK_LEAD)}</p>
        <p class="hint reference">{reference.grouped()}</p>
        {found.draw(move |seen| match seen {
            None => view! {
                <p class="notice" role="status">{t(key::CHECK_WAITING)}</p>
                <p><button type="button" class="button second" on:click=move |_| found.load()>{t(key::RETRY)}</button></p>
            }.into_any(),
            Some(seen) => view! { <Outcome found=seen.clone()/> }.into_any(),
        })}
    }
}

#[component]
fn Outcome(found: Found) -> impl IntoView {
    let Found { holds, signed, proof } = found;
    let good = holds && signed != Some(false);
    let day = proof.head.as_ref().and_then(|head| model::Time::from_timestamp_millis(head.at)).map(moment);
    let steps = [t(key::CHECK_WORDS), t(key::CHECK_ENTRY), counted(key::CHECK_CHAIN, proof.after.len() + 1)];
    let last = match signed {
        Some(true) => fill(key::CHECK_SIGNATURE, &[("date", &day.unwrap_or_default())]),
        _ => t(key::CHECK_SIGNATURE_CANNOT),
    };
    let (class, words) = if good { ("panel", key::CHECK_GOOD) } else { ("failed", key::CHECK_BAD) };
    view! {
        <p class=class role="status"><strong>{t(words)}</strong></p>
        {good.then(|| view! { <ul class="ticks">{steps.into_iter().chain([last]).map(|step| view! { <li>{step}</li> }).collect_view()}</ul> })}
        <details>
            <summary>{format!("#{}", digits(&proof.seq.to_string()))}</summary>
            <p class="hash">{proof.head.map(|head| head.hash)}</p>
        </details>
    }
}
