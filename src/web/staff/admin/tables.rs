//! All tables with who changed them last, and all changes, each of which can be taken back.

use super::{may_change, title_of, why};
use leptos::prelude::*;
use model::page::StaffPage;
use model::wire::{Administered, Changes, GetSettings, SettingHistory, TableChange, UndoChange, UndoChangeRequest};
use web::api;
use web::component::{ErrorSummary, Errors, SubmitButton, TextField};
use web::format::{digits, moment};
use web::hook::{use_remote, use_send};
use web::i18n::{fill, key, t};
use web::route::{announce, focus_later, href, set_title};

/// Id of the field for the reason.
const WHY: &str = "why";

/// The page.
#[component]
pub fn Settings() -> impl IntoView {
    set_title(&t(key::SETTINGS_TITLE));
    let settings = use_remote(|| async { api::get(&GetSettings {}).await });
    let history = use_remote(|| async { api::get(&SettingHistory { cursor: None, limit: None }).await });
    let older = RwSignal::new(Vec::<TableChange>::new());
    let (send, cursor) = (use_send(), RwSignal::new(None::<u64>));
    Effect::new(move |_| {
        if let Some(next) = history.with(|page| page.next) {
            cursor.set(next);
            older.set(Vec::new());
        }
    });
    let more = move |_| {
        let call = SettingHistory { cursor: cursor.get_untracked(), limit: None };
        send.run(async move { api::get(&call).await }, move |answer| {
            if let Ok(Changes { changes, next }) = answer {
                older.try_update(|older| older.extend(changes));
                cursor.try_set(next);
            }
        });
    };
    let undone = Callback::new(move |()| {
        settings.refresh();
        history.refresh();
    });
    let newest = move || settings.with(|settings| settings.newest).unwrap_or_default();
    let line =
        move |change: &TableChange| view! { <Change change=change.clone() newest=Signal::derive(newest) undone/> };
    view! {
        <h1>{t(key::SETTINGS_TITLE)}</h1>
        <p>{t(key::SETTINGS_LEAD)}</p>
        {settings.draw(|settings| {
            let rows = settings.tables.iter().map(row).collect_view();
            view! {
                <div class="scroll" tabindex="0" role="region" aria-label=t(key::SETTINGS_TITLE)>
                    <table>
                        <thead><tr>
                            <th scope="col">{t(key::SETTINGS_TABLE)}</th>
                            <th scope="col">{t(key::SETTINGS_LAST)}</th>
                            <th scope="col">{t(key::SETTINGS_WHY)}</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
        })}
        <h2>{t(key::SETTINGS_HISTORY)}</h2>
        {history.draw(move |page| {
            let rows = page.changes.iter().map(line).collect_view();
            if rows.is_empty() {
                view! { <p class="empty">{t(key::SETTINGS_NONE)}</p> }.into_any()
            } else {
                view! { <ol class="changes">{rows}</ol> }.into_any()
            }
        })}
        <ol class="changes">{move || older.with(|older| older.iter().map(line).collect_view())}</ol>
        {move || cursor.get().is_some().then(|| view! {
            <p><button type="button" class="button second" aria-busy=move || send.busy.get().to_string() on:click=more>{t(key::QUEUE_MORE)}</button></p>
        })}
    }
}

fn row(table: &Administered) -> impl IntoView + use<> {
    let (last, why) = match &table.change {
        Some(change) => (format!("{} · {}", moment(change.at), change.who), change.why.clone()),
        None => (t(key::SETTINGS_DELIVERED), String::new()),
    };
    view! {
        <tr>
            <th scope="row"><a data-nav href=href(&StaffPage::Table(table.name.clone()))>{title_of(&table.name)}</a></th>
            <td>{last}</td>
            <td dir="auto">{why}</td>
        </tr>
    }
}

/// A change, with the way to take it back.
#[component]
fn Change(change: TableChange, newest: Signal<u64>, undone: Callback<()>) -> impl IntoView {
    let TableChange { seq, at, who, name, why: reason, undoes } = change;
    let (open, errors, send, text) = (RwSignal::new(false), Errors::new(), use_send(), RwSignal::new(String::new()));
    let number = |seq: u64| digits(&seq.to_string());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if text.with_untracked(|text| model::text::is_blank(text)) {
            return errors.show_one(WHY, t(key::FAILURE_WHY_NEEDED));
        }
        let body = UndoChangeRequest { why: text.get_untracked(), newest: newest.get_untracked() };
        send.send(UndoChange { seq }, body, None, move |answer| match answer {
            Ok(_) => {
                announce(&t(key::SETTINGS_UNDONE));
                open.try_set(false);
                undone.try_run(());
            }
            Err(error) => {
                errors.show_one(WHY, why(&error));
                undone.try_run(());
            }
        });
    };
    view! {
        <li>
            <p>
                <strong>{number(seq)}</strong>" · "
                <a data-nav href=href(&StaffPage::Table(name.clone()))>{title_of(&name)}</a>" · "{moment(at)}" · "<bdi>{who}</bdi>
                {undoes.map(|undoes| format!(" · {}", fill(key::SETTINGS_UNDOES, &[("n", &number(undoes))])))}
            </p>
            <p class="said" dir="auto">{reason}</p>
            {may_change().then(|| view! {
                <p><button type="button" class="link" aria-expanded=move || open.get().to_string() on:click=move |_| {
                    open.update(|open| *open = !*open);
                    focus_later(WHY);
                }>{t(key::SETTINGS_UNDO)}</button></p>
            })}
            {move || open.get().then(|| view! {
                <form novalidate class="inline-form" on:submit=submit>
                    <ErrorSummary errors/>
                    <TextField id=WHY label=t(key::SETTINGS_WHY) value=text errors/>
                    <SubmitButton label=t(key::SETTINGS_UNDO) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
                </form>
            })}
        </li>
    }
}
