//! The questions of a category, as the citizen's own form asks them, and what to tell the caller at once.

use super::form::Form;
use leptos::prelude::*;
use model::lodging::Reason;
use model::reason::{Choice, Question};
use web::component::{Errors, Radios};
use web::i18n::{key, language, t};
use web::reference::{Tables, use_tables};

/// Ids of the questions that are shown together.
const IDS: [&str; 8] = ["reason-0", "reason-1", "reason-2", "reason-3", "reason-4", "reason-5", "reason-6", "reason-7"];

/// The questions that category, words and answers lead to.
#[component]
pub fn Questions(form: Form, errors: Errors) -> impl IntoView {
    let tables = use_tables();
    let asked = Memo::new(move |_| {
        let (category, text, answers) = (form.category.get(), form.what.get(), form.reasons.get());
        tables.with(|tables| {
            let reasons = &tables.loaded()?.reasons;
            let asked = reasons.asked(category.as_deref(), &text, &answers);
            Some(asked.into_iter().map(str::to_owned).collect::<Vec<_>>())
        })
    });
    // A question keeps its id as long as it is shown.
    let places: StoredValue<[Option<String>; IDS.len()]> = StoredValue::new(Default::default());
    let id_of = move |name: &str| {
        let shown = asked.get_untracked().unwrap_or_default();
        places.try_update_value(|places| {
            let at = places.iter().position(|known| known.as_deref() == Some(name)).or_else(|| {
                places.iter().position(|known| known.as_ref().is_none_or(|known| !shown.contains(known)))
            })?;
            *places.get_mut(at)? = Some(name.to_owned());
            IDS.get(at).copied()
        })
    };
    let one = move |name: String| {
        let question = tables.with_untracked(|tables| tables.loaded()?.reasons.questions.get(&name).cloned());
        let id = id_of(&name).flatten();
        id.zip(question).map(|(id, question)| view! { <One form errors id name question tables/> })
    };
    view! { <For each=move || asked.get().unwrap_or_default() key=Clone::clone children=one/> }
}

/// A question, and what follows from its answer.
#[component]
fn One(
    form: Form,
    errors: Errors,
    id: &'static str,
    name: String,
    question: Question,
    tables: Tables,
) -> impl IntoView {
    let given = {
        let name = name.clone();
        move || {
            form.reasons.with(|reasons| {
                reasons.iter().find(|reason| reason.question == name).map(|reason| reason.option.clone())
            })
        }
    };
    let picked = RwSignal::new(untrack(&given).unwrap_or_default());
    // A form that was put aside brings its own answers.
    Effect::new(move |_| {
        let given = given().unwrap_or_default();
        if picked.with_untracked(|picked| *picked != given) {
            picked.set(given);
        }
    });
    Effect::new(move |before: Option<()>| {
        let option = picked.get();
        if before.is_some() && !option.is_empty() {
            let answer = Reason { question: name.clone(), option };
            if form.reasons.with_untracked(|reasons| !reasons.contains(&answer)) {
                form.reasons.update(|reasons| {
                    reasons.retain(|reason| reason.question != answer.question);
                    reasons.push(answer);
                });
            }
        }
    });
    let options: Vec<(String, String)> =
        question.options.iter().map(|choice| (choice.id.clone(), choice.label.of(language()).to_owned())).collect();
    let choices = question.options;
    let told = move || choices.iter().find(|choice| choice.id == picked.get()).map(|choice| tell(choice, tables));
    view! {
        <Radios id legend=question.ask.of(language()).to_owned() options value=picked errors/>
        <div class="told" role="status">{told}</div>
    }
}

/// What to tell the caller at once: what they can do, and which papers help.
fn tell(choice: &Choice, tables: Tables) -> impl IntoView + use<> {
    let urgent = choice.lane.is_some_and(model::clock::Lane::is_emergency);
    let advice = choice.advice.as_ref().map(|advice| advice.of(language()).to_owned());
    let papers: Vec<String> = tables.with(|tables| {
        let known = tables.loaded().map(|tables| &tables.reasons.papers);
        choice.papers.iter().filter_map(|name| Some(known?.get(name)?.of(language()).to_owned())).collect()
    });
    let any = urgent || advice.is_some() || !papers.is_empty();
    any.then(|| {
        view! {
            <div class="advice">
                {urgent.then(|| view! { <p class="urgent">{t(key::PHONE_URGENT)}</p> })}
                <p><strong>{t(key::PHONE_TELL)}</strong></p>
                {advice.map(|advice| view! { <p>{advice}</p> })}
                {(!papers.is_empty()).then(|| view! {
                    <p>{t(key::LODGE_REASON_PAPERS)}</p>
                    <ul>{papers.into_iter().map(|paper| view! { <li>{paper}</li> }).collect_view()}</ul>
                })}
            </div>
        }
    })
}
