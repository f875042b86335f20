//! One table: what stands in it, and changing it in three steps: write, see what would differ and which due dates would move,
//! say why.

use super::{may_change, title_of, why};
use crate::download::save;
use crate::drafts::Drafts;
use leptos::prelude::*;
use model::page::StaffPage;
use model::spreadsheet::{Unreadable, from_csv, to_csv};
use model::wire::{
    ChangeTable, ChangeTableRequest, GetTable, ProblemCode, Table, TableChange, Trial, TryChange, TryChangeRequest,
};
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::JsFuture;
use web::api::{self, CallError};
use web::component::{BackLink, ErrorSummary, Errors, SubmitButton, TextField};
use web::format::{counted, digits, moment};
use web::hook::{use_remote, use_send};
use web::i18n::{fill, key, t};
use web::json;
use web::route::{announce, focus_later, href, set_title};

/// Id of the text.
const TEXT: &str = "table-text";
/// Id of what a change would do.
const TRIAL: &str = "trial";
/// Id of the field for the reason.
const WHY: &str = "why";
/// Most bytes of a file that is taken, as of a table.
const LARGEST: f64 = 4.0 * 1024.0 * 1024.0;
/// Lines of a trial that are shown.
const SHOWN: usize = 200;

/// What was begun.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Begun {
    text: String,
    why: String,
}

/// What is tried: text, or to go back to the table as it was delivered.
type Wanted = Option<String>;

/// The page of a table.
#[component]
pub fn OneTable(name: String) -> impl IntoView {
    set_title(&title_of(&name));
    let at = name.clone();
    let table = use_remote(move || {
        let call = GetTable { name: at.clone() };
        async move { api::get(&call).await }
    });
    let again = Callback::new(move |()| table.load());
    let shown = name.clone();
    view! {
        <BackLink href=href(&StaffPage::Settings) label=t(key::SETTINGS_TITLE)/>
        <h1>{title_of(&name)}</h1>
        {table.draw(move |table| {
            let name = shown.clone();
            let changed = table.change.as_ref().map(changed_by);
            view! {
                <p class="hint" dir="auto">{changed.unwrap_or_else(|| t(key::SETTINGS_DELIVERED))}</p>
                {if may_change() {
                    view! { <Editor name table=table.clone() again/> }.into_any()
                } else {
                    view! { <pre class="table-text" tabindex="0">{table.text.clone()}</pre> }.into_any()
                }}
            }
        })}
    }
}

/// When, by whom and why a table was changed, in words.
fn changed_by(change: &TableChange) -> String {
    fill(key::SETTINGS_CHANGED, &[("when", &moment(change.at)), ("who", &change.who), ("why", &change.why)])
}

/// What to do about a file that is no table.
fn unreadable(why: Unreadable) -> String {
    match why {
        Unreadable::NotUnicode => t(key::SETTINGS_CSV_NOT_UNICODE),
        Unreadable::Broken(line) => fill(key::SETTINGS_CSV_BROKEN, &[("n", &digits(&line.to_string()))]),
    }
}

/// Whether a text has the columns of another.
fn has_head_of(text: &str, other: &str) -> bool {
    text.lines().next() == other.lines().next()
}

/// Changes a table.
#[component]
fn Editor(name: String, table: Table, again: Callback<()>) -> impl IntoView {
    let (errors, send, drafts) = (Errors::new(), use_send(), Drafts::of_app());
    let is_rows = name.ends_with(".tsv");
    let name = StoredValue::new(name);
    let stands = StoredValue::new(table.text.clone());
    let (text, reason) = (RwSignal::new(table.text), RwSignal::new(String::new()));
    let trial = RwSignal::new(None::<(Wanted, Trial)>);
    let draft = move || format!("table {}", name.get_value());
    Effect::new(move |_| {
        if drafts.read.get()
            && let Some(begun) = drafts.get_form(&draft()).and_then(|begun| json::from::<Begun>(&begun))
            && untrack(|| text.get() == stands.get_value())
        {
            text.set(begun.text);
            reason.set(begun.why);
        }
    });
    Effect::new(move |before: Option<Begun>| {
        let now = Begun { text: text.get(), why: reason.get() };
        if before.is_some_and(|before| before != now) {
            let any = now.text != stands.get_value();
            drafts.put_form(&draft(), any.then(|| json::value(&now)));
        }
        now
    });
    let is_begun = Memo::new(move |_| text.with(|text| stands.with_value(|stands| text != stands)));
    let wrong = move |error: CallError| errors.show_one(TEXT, why(&error));
    let try_out = move |wanted: Wanted| {
        errors.clear();
        trial.set(None);
        let body = TryChangeRequest { text: wanted.clone() };
        send.send(TryChange { name: name.get_value() }, body, None, move |answer| match answer {
            Ok(found) => {
                trial.try_set(Some((wanted, found)));
                focus_later(TRIAL);
            }
            Err(error) => wrong(error),
        });
    };
    // What somebody else has made of it meanwhile.
    let newer = RwSignal::new(None::<Table>);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((wanted, found)) = trial.get_untracked() else { return };
        if reason.with_untracked(|why| model::text::is_blank(why)) {
            return errors.show_one(WHY, t(key::FAILURE_WHY_NEEDED));
        }
        errors.clear();
        let body = ChangeTableRequest { text: wanted, why: reason.get_untracked(), newest: found.newest };
        send.send(ChangeTable { name: name.get_value() }, body, None, move |answer| match answer {
            Ok(_) => {
                drafts.put_form(&draft(), None);
                announce(&t(key::SETTINGS_DONE));
                again.try_run(());
            }
            Err(error) => {
                // What was tried is not what would happen now.
                trial.try_set(None);
                if error.code() == Some(ProblemCode::Overtaken) {
                    leptos::task::spawn_local(async move {
                        if let Ok(table) = api::get(&GetTable { name: name.get_value() }).await {
                            newer.try_set(Some(table));
                        }
                    });
                }
                wrong(error);
            }
        });
    };
    let written = move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlTextAreaElement>| {
        trial.set(None);
        text.set(event.target().value());
    };
    let read_file = move |event: leptos::ev::Targeted<web_sys::Event, web_sys::HtmlInputElement>| {
        let input = event.target();
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // The same file can be chosen again after it was changed.
        if file.size() > LARGEST {
            input.set_value("");
            return errors.show_one(TEXT, t(key::SETTINGS_CSV_LARGE));
        }
        let is_csv = is_rows && file.name().to_lowercase().ends_with(".csv");
        let before = stands.get_value();
        leptos::task::spawn_local(async move {
            let read = JsFuture::from(file.text()).await.ok().and_then(|read| read.as_string());
            input.set_value("");
            // As editors on other systems write it.
            let plain = |read: String| Ok(read.trim_start_matches('\u{FEFF}').replace("\r\n", "\n"));
            match read.map(|read| if is_csv { from_csv(&read) } else { plain(read) }) {
                Some(Ok(read)) if is_rows && !has_head_of(&read, &before) => {
                    errors.show_one(TEXT, t(key::SETTINGS_CSV_OTHER));
                }
                Some(Ok(read)) => {
                    errors.clear();
                    trial.try_set(None);
                    text.try_set(read);
                }
                Some(Err(why)) => errors.show_one(TEXT, unreadable(why)),
                None => {}
            }
        });
    };
    view! {
        <ErrorSummary errors/>
        {move || newer.get().map(|table| {
            let by = table.change.as_ref().map(changed_by);
            view! {
                <p class="notice">
                    <span dir="auto">{by}</span>" "
                    <button type="button" class="link" on:click=move |_| {
                        text.set(table.text.clone());
                        newer.set(None);
                    }>{t(key::SETTINGS_START_AGAIN)}</button>
                </p>
            }
        })}
        {move || is_begun.get().then(|| view! {
            <p class="notice">
                {t(key::SETTINGS_BEGUN)}" "
                <button type="button" class="link" on:click=move |_| {
                    trial.set(None);
                    text.set(stands.get_value());
                }>{t(key::SETTINGS_START_AGAIN)}</button>
            </p>
        })}
        <div class="field" class:wrong=move || errors.of(TEXT).is_some()>
            <label for=TEXT>{t(key::SETTINGS_TEXT)}</label>
            <p class="hint" id="table-hint">{t(key::SETTINGS_TEXT_HINT)}</p>
            <textarea id=TEXT class="table-text" rows="16" wrap="off" spellcheck="false" dir="ltr" aria-describedby="table-hint"
                prop:value=move || text.get() on:input:target=written></textarea>
        </div>
        <p class="buttons">
            <button type="button" class="button" aria-busy=move || send.busy.get().to_string()
                on:click=move |_| try_out(Some(text.get_untracked()))>{t(key::SETTINGS_TRY)}</button>
            <button type="button" class="link" on:click=move |_| save(&name.get_value(), &text.get_untracked())>{t(key::SETTINGS_DOWNLOAD)}</button>
            {is_rows.then(|| view! { <button type="button" class="link" on:click=move |_| {
                save(&format!("{}.csv", name.get_value().trim_end_matches(".tsv")), &to_csv(&text.get_untracked()));
            }>{t(key::SETTINGS_CSV)}</button> })}
            <label class="link file">{t(key::SETTINGS_FILE)}<input type="file" class="unseen" accept=".csv,.tsv,.json,.txt,text/plain,text/csv" on:change:target=read_file/></label>
            <button type="button" class="link" on:click=move |_| try_out(None)>{t(key::SETTINGS_BACK)}</button>
        </p>
        {move || trial.get().map(|(_, found)| view! {
            <section class="panel-card" id=TRIAL tabindex="-1">
                <h2>{t(key::SETTINGS_TRIAL)}</h2>
                {match found.lines.is_empty() {
                    true => view! { <p><strong>{t(key::SETTINGS_NOTHING)}</strong></p> }.into_any(),
                    false => view! {
                        <p><strong>{counted(key::SETTINGS_MOVED, u32::try_from(found.moved).unwrap_or(u32::MAX))}</strong></p>
                        <Difference lines=found.lines/>
                        <form novalidate on:submit=submit>
                            <TextField id=WHY label=t(key::SETTINGS_WHY) value=reason errors/>
                            <SubmitButton label=t(key::SETTINGS_CHANGE) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
                        </form>
                    }
                    .into_any(),
                }}
            </section>
        })}
    }
}

/// The lines that would go and come.
#[component]
fn Difference(lines: Vec<String>) -> impl IntoView {
    let more = lines.len().saturating_sub(SHOWN);
    let rows = lines.into_iter().take(SHOWN).map(|line| match line.strip_prefix("- ") {
        Some(gone) => view! { <li><del>{gone.to_owned()}</del></li> }.into_any(),
        None => view! { <li><ins>{line.strip_prefix("+ ").unwrap_or(&line).to_owned()}</ins></li> }.into_any(),
    });
    view! {
        <ul class="difference" tabindex="0">{rows.collect_view()}</ul>
        {(more > 0).then(|| view! { <p class="hint">{counted(key::SETTINGS_LINES_MORE, more)}</p> })}
    }
}
