//! Takes a grievance while the citizen speaks: one page, for the keyboard, with the caller's earlier grievances beside
//! it.

use crate::drafts::Drafts;
use crate::session::use_session;
use leptos::prelude::*;
use model::lifecycle::{Channel, Gender};
use model::lodging::{Field, Lodging, Problem};
use model::names::code_of;
use model::page::StaffPage;
use model::wire::{Caller, CallerRequest, Lodge, Receipt};
use model::{CategoryCode, Language, Lgd, Mobile, Role};
use serde::{Deserialize, Serialize};
use web::api::{CallError, Conditions, call};
use web::component::{ErrorSummary, Errors, Radios, Remote, SubmitButton, Suggest, TextArea, TextField, title_of};
use web::hook::{use_remote_later, use_send};
use web::i18n::{key, name_of, t};
use web::json;
use web::reference::{category_choices, places, use_tables};
use web::route::{focus_later, href, set_title};

fn control(problem: Problem) -> &'static str {
    match problem.field() {
        Field::Text => "text",
        Field::Category | Field::Reasons => "category",
        Field::Place => "place",
        Field::Landmark => "landmark",
        Field::Photos | Field::Name => "name",
        Field::Mobile => "mobile",
    }
}

fn yes_of(answer: &str) -> Option<bool> {
    (!answer.is_empty()).then_some(answer == "yes")
}

/// The answer to a yes/no question.
fn yes(answer: RwSignal<String>) -> Option<bool> {
    answer.with_untracked(|answer| yes_of(answer))
}

/// Name of what was begun here, among the drafts.
const DRAFT: &str = "intake";

/// Everything that is entered.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
struct Entered {
    texts: [String; 9],
    category: Option<CategoryCode>,
    place: Option<(Lgd, Option<Lgd>)>,
}

/// The page.
#[component]
pub fn Intake() -> impl IntoView {
    set_title(&t(key::INTAKE_TITLE));
    let (session, tables, errors) = (use_session(), use_tables(), Errors::new());
    let text = |initial: &str| RwSignal::new(initial.to_owned());
    let (mobile, name, what, landmark, gender) = (text(""), text(""), text(""), text(""), text(""));
    let (conduct, privacy, speaks) = (text(""), text(""), text(Language::default().tag()));
    let channel = text(match untrack(|| crate::session::role(session)) {
        Some(Role::CounterOperator) => code_of(&Channel::Counter),
        Some(Role::OperationalAnalyst) => code_of(&Channel::Letter),
        _ => code_of(&Channel::Call),
    });
    let category: RwSignal<Option<CategoryCode>> = RwSignal::new(None);
    let place: RwSignal<Option<(Lgd, Option<Lgd>)>> = RwSignal::new(None);
    let receipt: RwSignal<Option<Receipt>> = RwSignal::new(None);
    // What is entered is kept until it is lodged, however the page is left.
    let drafts = Drafts::of_app();
    let texts = [mobile, name, what, landmark, gender, conduct, privacy, speaks, channel];
    let entered = move || Entered { texts: texts.map(|text| text.get()), category: category.get(), place: place.get() };
    let empty = StoredValue::new(untrack(entered));
    Effect::new(move |_| {
        if !drafts.read.get() || untrack(entered) != empty.get_value() {
            return;
        }
        if let Some(begun) = drafts.get_form(DRAFT).and_then(|begun| json::from::<Entered>(&begun)) {
            texts.iter().zip(begun.texts).for_each(|(text, begun)| text.set(begun));
            category.set(begun.category);
            place.set(begun.place);
        }
    });
    Effect::new(move |before: Option<Entered>| {
        let now = entered();
        if before.is_some_and(|before| before != now) {
            drafts.put_form(DRAFT, (now != empty.get_value()).then(|| json::value(&now)));
        }
        now
    });
    let send = use_send();
    let earlier = use_remote_later(move || {
        let body = CallerRequest { mobile: mobile.get_untracked() };
        async move { call(&Caller {}, &body, Conditions::default()).await }
    });
    // Earlier grievances are loaded as soon as the number is complete.
    Effect::new(move |_| {
        if Mobile::parse(&mobile.get()).is_ok() {
            earlier.load();
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let chosen = place.get_untracked();
        let form = Lodging {
            text: what.get_untracked(),
            category: category.get_untracked(),
            district: chosen.map(|(district, _)| district),
            place: chosen.and_then(|(_, place)| place),
            landmark: landmark.get_untracked(),
            photos: vec![],
            name: name.get_untracked(),
            mobile: mobile.get_untracked(),
            gender: Gender::ALL.into_iter().find(|known| code_of(known) == gender.get_untracked()),
            language: Language::from_tag(&speaks.get_untracked()).unwrap_or_default(),
            about_office: yes(conduct),
            // A grievance about an office hides the name without being asked.
            confidential: if yes(conduct) == Some(true) { Some(true) } else { yes(privacy) },
            channel: Channel::ALL.into_iter().find(|known| code_of(known) == channel.get_untracked()),
            ..Lodging::default()
        };
        let show = move |problems: Vec<Problem>| {
            errors.show(problems.into_iter().map(|problem| (control(problem), name_of("problem", &problem))).collect());
        };
        let problems = form.problems();
        let mut wrong: Vec<_> = problems.into_iter().map(|one| (control(one), name_of("problem", &one))).collect();
        if form.about_office.is_none() {
            wrong.push(("conduct", t(key::PROBLEM_CONDUCT_EMPTY)));
        }
        if form.confidential.is_none() {
            wrong.push(("privacy", t(key::PROBLEM_PRIVACY_EMPTY)));
        }
        if !wrong.is_empty() {
            errors.show(wrong);
            return;
        }
        errors.clear();
        send.send(Lodge {}, form, None, move |answer| match answer {
            Ok(done) => {
                drafts.put_form(DRAFT, None);
                receipt.try_set(Some(done));
                focus_later("registered");
            }
            Err(CallError::Problem(problem)) if !problem.errors.is_empty() => show(problem.errors.clone()),
            Err(error) => errors.show_one("mobile", error.message()),
        });
    };
    let next = move |_| {
        for field in [mobile, name, what, landmark, gender, conduct, privacy] {
            field.set(String::new());
        }
        speaks.set(Language::default().tag().to_owned());
        category.set(None);
        place.set(None);
        earlier.forget();
        receipt.set(None);
        focus_later("mobile");
    };
    let categories = Signal::derive(move || {
        tables.with(|tables| tables.loaded().map(|tables| category_choices(tables)).unwrap_or_default())
    });
    let known_places =
        Signal::derive(move || tables.with(|tables| tables.loaded().map(|tables| places(tables)).unwrap_or_default()));
    let channels: Vec<_> = [Channel::Call, Channel::Counter, Channel::Letter, Channel::Email]
        .iter()
        .map(|known| (code_of(known).to_owned(), name_of("channel", known)))
        .collect();
    let yes_no = vec![("yes".to_owned(), t(key::ANSWER_YES)), ("no".to_owned(), t(key::ANSWER_NO))];
    let shown = vec![("no".to_owned(), t(key::PRIVACY_SHOWN)), ("yes".to_owned(), t(key::PRIVACY_HIDDEN))];
    let languages: Vec<_> =
        Language::CITIZEN.iter().map(|known| (known.tag().to_owned(), known.own_name().to_owned())).collect();
    // For a grievance about an office this is settled, and not asked.
    let asks = Memo::new(move |_| yes_of(&conduct.get()) != Some(true));
    let genders: Vec<_> =
        Gender::ALL.iter().map(|known| (code_of(known).to_owned(), name_of("gender", known))).collect();
    let history = move || {
        earlier.state.with(|earlier| match earlier {
            Remote::Idle => ().into_any(),
            Remote::Loading => view! { <p role="status">{t(key::LOADING)}</p> }.into_any(),
            Remote::Failed(error) => view! { <p class="error" role="alert">{error.message()}</p> }.into_any(),
            Remote::Loaded(lines) if lines.is_empty() => view! { <p role="status">{t(key::INTAKE_NONE)}</p> }.into_any(),
            Remote::Loaded(lines) => {
                let rows = lines.iter().take(8).map(|line| view! {
                    <li><a data-nav href=href(&StaffPage::Case(line.reference)) lang=line.language.tag() dir="auto">{title_of(line)}</a>
                    <span class="hint">" "{name_of("stage", &line.stage)}" · "{line.reference.grouped()}</span></li>
                });
                view! { <h2>{t(key::INTAKE_EARLIER)}</h2><ul>{rows.collect_view()}</ul> }.into_any()
            }
        })
    };
    view! {
        <ErrorSummary errors/>
        <h1>{t(key::INTAKE_TITLE)}</h1>
        <div class="state" role="status">
            {move || receipt.get().map(|done| view! {
                <div class="panel" id="registered" tabindex="-1">
                    <p>{t(key::INTAKE_DONE)}</p>
                    <p class="number" id="reference">{done.reference.grouped()}</p>
                    <p>{t(key::INTAKE_READ_BACK)}" "<bdi>{Mobile::parse(&mobile.get_untracked()).map(|mobile| mobile.spaced()).unwrap_or_default()}</bdi></p>
                    <p><button type="button" class="button second" on:click=next>{t(key::INTAKE_NEXT)}</button></p>
                </div>
            })}
        </div>
        <div class="intake">
            <form novalidate autocomplete="off" on:submit=submit>
                <TextField id="mobile" label=t(key::INTAKE_MOBILE) value=mobile errors kind="tel" mode="tel"/>
                <TextField id="name" label=t(key::LODGE_YOU_NAME) value=name errors/>
                <TextArea id="text" label=t(key::LODGE_WHAT_TITLE) value=what errors rows=5/>
                <Suggest id="category" label=t(key::FIELD_CATEGORY) choices=categories value=category errors/>
                <Suggest id="place" label=t(key::FIELD_PLACE) choices=known_places value=place errors/>
                <TextField id="landmark" label=t(key::LODGE_CHECK_LANDMARK) value=landmark errors/>
                <Radios id="conduct" legend=t(key::LODGE_CONDUCT_TITLE) hint=t(key::LODGE_CONDUCT_HINT) options=yes_no value=conduct errors/>
                {move || asks.get().then(|| view! { <Radios id="privacy" legend=t(key::LODGE_PRIVACY_TITLE) hint=t(key::LODGE_PRIVACY_HINT) options=shown.clone() value=privacy errors/> })}
                <Radios id="language" legend=t(key::INTAKE_LANGUAGE) hint=t(key::INTAKE_LANGUAGE_HINT) options=languages value=speaks errors/>
                <Radios id="gender" legend=t(key::INTAKE_GENDER) options=genders value=gender errors/>
                <Radios id="channel" legend=t(key::INTAKE_CHANNEL) options=channels value=channel errors/>
                <SubmitButton label=t(key::INTAKE_SEND) busy_label=t(key::SENDING_NOW) busy=send.busy.into()/>
            </form>
            <aside class="earlier" aria-label=t(key::INTAKE_EARLIER)>{history}</aside>
        </div>
    }
}
