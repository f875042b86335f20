//! The questions of the category: the two or three that decide the case.

use super::{Flow, Go};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use model::lodging::Reason;
use model::page::{CitizenPage, Step};
use model::reason::Question;
use web::component::{Call112, ErrorSummary, Errors, Failed, HelplineNumber, Loading, Radios, Remote};
use web::draft::use_draft;
use web::i18n::{fill, key, language, t};
use web::reference::use_tables;
use web::route::set_title;

/// The question at this index of the way through the reason tree, with its id.
fn question_at(flow: Flow, index: u8) -> Option<(String, Question)> {
    flow.tables.track();
    let name = flow.asked().reasons.get(usize::from(index))?.clone();
    let question = flow.tables.with(|tables| tables.loaded()?.reasons.questions.get(&name).cloned())?;
    Some((name, question))
}

/// Whether somebody is in danger: asked where the text or the category requires it, and open to everybody at any time.
#[component]
pub fn DangerQuestion(flow: Flow) -> impl IntoView {
    let found = Memo::new(move |_| {
        flow.tables.with(|tables| {
            let reasons = &tables.loaded()?.reasons;
            let name = reasons.danger.as_ref()?.question.clone();
            let question = reasons.questions.get(&name)?.clone();
            Some((name, question))
        })
    });
    move || match found.get() {
        Some((name, question)) => view! { <Reasoned flow step=Step::Danger name question/> }.into_any(),
        // The emergency number is shown while the question is loading.
        None => {
            set_title(&t(key::DANGER_LINK));
            let failed = flow.tables.with(|tables| match tables {
                Remote::Failed(error) => Some(error.message()),
                _ => None,
            });
            let rest = match failed {
                Some(why) => {
                    let retry = Callback::new(|()| {
                        let _ = use_tables();
                    });
                    view! { <Failed why retry/> }.into_any()
                }
                None => view! { <Loading/> }.into_any(),
            };
            view! { <h1>{t(key::DANGER_LINK)}</h1><Call112/><p>{t(key::HELPLINE_TITLE)}</p><HelplineNumber/>{rest} }
                .into_any()
        }
    }
}

/// A question of the category. The answer leads at once to what helps and what can be done.
#[component]
pub fn ReasonQuestion(flow: Flow, index: u8) -> impl IntoView {
    let found = Memo::new(move |_| question_at(flow, index));
    move || match found.get() {
        Some((name, question)) => view! { <Reasoned flow step=Step::Reason(index) name question/> }.into_any(),
        // The tables are loading, or the answers no longer lead to this question.
        None => {
            let arrived = flow.tables.with(|tables| tables.loaded().is_some());
            let go = move |event: SubmitEvent| {
                event.prevent_default();
                flow.nav.replace(CitizenPage::Lodge(Step::Where));
            };
            if arrived {
                view! { <h1>{t(key::LODGE_MORE_TITLE)}</h1><form novalidate on:submit=go><Go/></form> }.into_any()
            } else {
                view! { <h1>{t(key::LODGE_MORE_TITLE)}</h1><Loading/> }.into_any()
            }
        }
    }
}

#[component]
fn Reasoned(flow: Flow, step: Step, name: String, question: Question) -> impl IntoView {
    let ask = question.ask.of(language()).to_owned();
    set_title(&ask);
    let asked = ask.clone();
    let (errors, first) = (Errors::new(), use_draft());
    let given = flow.draft.with_untracked(|draft| {
        draft.form.reasons.iter().find(|reason| reason.question == name).map(|reason| reason.option.clone())
    });
    let picked = RwSignal::new(given.unwrap_or_default());
    let options: Vec<(String, String)> =
        question.options.iter().map(|choice| (choice.id.clone(), choice.label.of(language()).to_owned())).collect();
    let labels = options.clone();
    // Stored as it is chosen; the questions that follow from it come next.
    Effect::new(move |before: Option<()>| {
        let option = picked.get();
        if before.is_some() && !option.is_empty() {
            flow.draft.update(|draft| {
                draft.form.reasons.retain(|reason| reason.question != name);
                draft.form.reasons.push(Reason { question: name.clone(), option });
                flow.keep_asked(draft);
            });
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if picked.with_untracked(String::is_empty) {
            errors.show_one("reason", fill(key::PROBLEM_CHOICE_EMPTY, &[("question", &asked)]));
            return;
        }
        if flow.is_urgent() && first.is_empty() {
            // A person in danger is not asked for text: the question and the answer's label are used, and can be
            // edited.
            let said = picked.with_untracked(|picked| labels.iter().find(|(id, _)| id == picked).cloned());
            first.text.set(format!("{asked} {}", said.map(|(_, label)| label).unwrap_or_default()));
            let _ = first.all();
        }
        flow.on(step);
    };
    let told = move || {
        let Some(choice) = question.options.iter().find(|choice| choice.id == picked.get()).cloned() else {
            // The emergency number is shown before the question is answered.
            return (step == Step::Danger).then(|| view! { <Call112/> }.into_any());
        };
        let papers: Vec<String> = flow.tables.with(|tables| {
            let known = tables.loaded().map(|tables| tables.reasons.papers.clone()).unwrap_or_default();
            choice.papers.iter().filter_map(|name| Some(known.get(name)?.of(language()).to_owned())).collect()
        });
        let advice = choice.advice.map(|advice| advice.of(language()).to_owned());
        let urgent = choice.lane.is_some_and(model::clock::Lane::is_emergency);
        let said = view! {
            {urgent.then(|| view! {
                <Call112/>
                <p>{t(key::DANGER_REST)}</p>
            })}
            {advice.map(|advice| view! { <div class="advice"><h2>{t(key::LODGE_REASON_NOW)}</h2><p>{advice}</p></div> })}
            {(!papers.is_empty()).then(|| view! {
                <div class="advice"><p>{t(key::LODGE_REASON_PAPERS)}</p><ul>{papers.into_iter().map(|paper| view! { <li>{paper}</li> }).collect_view()}</ul></div>
            })}
        };
        Some(said.into_any())
    };
    view! {
        <ErrorSummary errors/>
        <form novalidate on:submit=submit>
            <Radios id="reason" legend=ask options value=picked errors heading=true/>
            <div class="told" role="status">{told}</div>
            <Go/>
        </form>
    }
}
