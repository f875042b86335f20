//! All answers, to be checked before anything is sent.

use super::{Flow, Go};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::page::{CitizenPage, Step};
use web::component::{ErrorSummary, Errors};
use web::draft::Draft;
use web::format::counted;
use web::i18n::{key, lang_of, language, name_of, t};
use web::reference;
use web::route::{href, set_title};

/// All answers, each with a link to change it.
#[component]
pub fn Check(flow: Flow) -> impl IntoView {
    set_title(&t(key::LODGE_CHECK_TITLE));
    let (draft, nav, errors, tables) = (flow.draft, flow.nav, Errors::new(), flow.tables);
    let answer = move |name: String, value: String, step: Step, own: bool| {
        // The citizen's own text carries its own language tag.
        let lang = (own && !value.is_empty()).then(|| lang_of(&value));
        let shown = if value.is_empty() { t(key::LODGE_CHECK_NONE) } else { value };
        view! {
            <div class="row">
                <dt>{name.clone()}</dt>
                <dd lang=lang dir="auto">{shown}</dd>
                <dd class="change"><a data-nav href=href(&CitizenPage::Lodge(step))>{t(key::LODGE_CHECK_CHANGE)}<span class="unseen">" "{name}</span></a></dd>
            </div>
        }
    };
    let row = move |name: String, value: String, step: Step| answer(name, value, step, false);
    let own = move |name: String, value: String, step: Step| answer(name, value, step, true);
    // Drawn again when the tables arrive, for the names in them.
    let rows = move || {
        let Draft { form, pending, voice, category_answered, .. } = draft.get();
        let tables = tables.get();
        let tables = tables.loaded();
        let category = match (&form.category, tables) {
            (Some(code), Some(tables)) => reference::category(tables, code),
            (Some(code), None) => code.to_string(),
            (None, _) if category_answered => t(key::LODGE_CATEGORY_UNKNOWN),
            (None, _) => String::new(),
        };
        let place = match (tables, form.district) {
            (Some(tables), district) => reference::place(tables, district, form.place),
            // Chosen, but its name is not loaded yet.
            (None, Some(_)) => t(key::LOADING),
            (None, None) => String::new(),
        };
        let voice =
            voice.map(|pending| row(t(key::VOICE_TITLE), counted(key::VOICE_SECONDS, pending.seconds), Step::What));
        let unfit = pending.iter().filter(|pending| pending.unfit.is_some()).count();
        let photos = match pending.len() - unfit {
            0 => String::new(),
            count => counted(key::LODGE_CHECK_PHOTOS, count),
        };
        let photos = if unfit > 0 { format!("{photos} {}", counted(key::PHOTOS_UNFIT, unfit)) } else { photos };
        let yes = |given: Option<bool>, yes: &str, no: &str| {
            given.map(|given| t(if given { yes } else { no })).unwrap_or_default()
        };
        let asked = flow.asked();
        let steps = (0..).map(Step::Reason).zip(&asked.reasons);
        let danger = asked.danger.iter().map(|(name, _)| (Step::Danger, name));
        let reasons = danger.chain(steps).filter_map(|(step, name)| {
            let reason = form.reasons.iter().find(|reason| reason.question == *name)?;
            let reasons = &tables?.reasons;
            let ask = reasons.questions.get(&reason.question)?.ask.of(language()).to_owned();
            let answer = reasons.choice(reason)?.label.of(language()).to_owned();
            Some(row(ask, answer, step))
        });
        let reasons = reasons.collect_view();
        // What an earlier answer promises is changed at that answer.
        let (hidden, privacy) = match (asked.hidden, form.about_office) {
            (false, _) => (form.confidential, Step::Privacy),
            (true, Some(true)) => (Some(true), Step::Conduct),
            (true, _) => (Some(true), Step::Reason(0)),
        };
        let duplicate =
            form.same_as.is_some().then(|| row(t(key::LODGE_CHECK_DUPLICATE), t(key::ANSWER_YES), Step::Duplicate));
        view! {
            {own(t(key::LODGE_CHECK_WHAT), form.text.clone(), Step::What)}
            {voice}
            {row(t(key::LODGE_CHECK_CATEGORY), category, Step::Category)}
            {reasons}
            {row(t(key::LODGE_CHECK_WHERE), place, Step::Where)}
            {own(t(key::LODGE_CHECK_LANDMARK), form.landmark.clone(), Step::Where)}
            {duplicate}
            {row(t(key::LODGE_CHECK_PHOTO), photos, Step::Photos)}
            {row(t(key::LODGE_CHECK_AFFECTED), form.affected.map(|whom| name_of("affected", &whom)).unwrap_or_default(), Step::Affected)}
            {row(t(key::LODGE_CHECK_CONDUCT), yes(form.about_office, key::ANSWER_YES, key::ANSWER_NO), Step::Conduct)}
            {row(t(key::LODGE_CHECK_PRIVACY), yes(hidden, key::PRIVACY_KEPT, key::PRIVACY_SHOWN), privacy)}
            {own(t(key::LODGE_CHECK_NAME), form.name.clone(), Step::You)}
            {row(t(key::LODGE_CHECK_MOBILE), form.mobile, Step::You)}
        }
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        // The first unanswered question is asked.
        nav.go(CitizenPage::Lodge(flow.unanswered().unwrap_or(Step::Gender)));
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::LODGE_CHECK_TITLE)}</h1>
        <p class="hint">{t(key::LODGE_CHECK_NOT_YET)}</p>
        <dl class="answers" id="check">{rows}</dl>
        <form novalidate on:submit=submit><Go/></form>
    }
}
