//! Reason trees: the two or three questions that decide a case of a category, the papers that help, and what the
//! citizen can do at once. They are data (`public/reference/reasons.json`), changed without a build.

use crate::clock::Lane;
use crate::lodging::Reason;
use crate::sign::{self, Signs};
use crate::wire::Names;
use crate::{CategoryCode, text};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// All trees and their questions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reasons {
    /// Papers by name.
    pub papers: BTreeMap<String, Names>,
    /// Questions by name.
    pub questions: BTreeMap<String, Question>,
    /// Which categories ask which questions.
    pub trees: Vec<Tree>,
    /// When to ask first whether somebody is in danger; `None` where that is never asked.
    pub danger: Option<Danger>,
}

/// A question with its options.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Question {
    /// What is asked.
    pub ask: Names,
    /// What may be answered.
    pub options: Vec<Choice>,
}

/// An option, and what follows from choosing it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Choice {
    /// Its name, unique within the question.
    pub id: String,
    /// Its words on screen.
    pub label: Names,
    /// Names of the papers of which a photo helps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub papers: Vec<String>,
    /// What the citizen can do at once; `None` where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice: Option<Names>,
    /// Names of further questions that it leads to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// The lane that it calls for; never slower than the category's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lane: Option<Lane>,
    /// Whether it keeps the citizen's name from the department even if the citizen would allow it: an official who asks
    /// for a bribe would read the name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hides: bool,
}

/// The questions of some categories.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Tree {
    /// Leaf categories.
    #[serde(rename = "for")]
    pub categories: Vec<CategoryCode>,
    /// Names of the questions, in the order in which they are asked.
    pub ask: Vec<String>,
}

/// When to ask whether somebody is in danger.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Danger {
    /// Name of the question.
    pub question: String,
    /// Leaf categories that always ask.
    #[serde(rename = "for")]
    pub categories: Vec<CategoryCode>,
    /// Signs in any script at which it is asked in every category; see [`Danger::applies`].
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub words: Signs,
    /// Phrases that contain such words and mean no danger.
    #[serde(default, skip_serializing_if = "Signs::is_empty")]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub except: Signs,
}

/// All parts of a sign must stand within so many words.
const NEAR: usize = 6;

impl Reasons {
    /// Names of the questions to ask, in order, given category, text and the answers so far.
    #[must_use]
    pub fn asked(&self, category: Option<&str>, text: &str, answers: &[Reason]) -> Vec<&str> {
        let mut asked = Vec::new();
        // Where the citizen says that there is danger, the question is asked whatever words and category say.
        let told = |danger: &&Danger| danger.applies(category, text) || self.is_urgent(answers);
        if let Some(danger) = self.danger.as_ref().filter(told) {
            self.follow(&danger.question, answers, &mut asked);
        }
        let trees = self.trees.iter().filter(|tree| tree.categories.iter().any(|code| Some(code.as_str()) == category));
        for question in trees.flat_map(|tree| &tree.ask) {
            self.follow(question, answers, &mut asked);
        }
        asked
    }

    fn follow<'a>(&'a self, name: &'a str, answers: &[Reason], asked: &mut Vec<&'a str>) {
        if asked.contains(&name) || !self.questions.contains_key(name) {
            return;
        }
        asked.push(name);
        let answer = answers.iter().find(|answer| answer.question == name);
        for next in answer.and_then(|answer| self.choice(answer)).map_or(&[][..], |choice| &choice.then) {
            self.follow(next, answers, asked);
        }
    }

    /// The option that an answer chose; `None` where there is no such option.
    #[must_use]
    pub fn choice(&self, answer: &Reason) -> Option<&Choice> {
        self.questions.get(&answer.question)?.options.iter().find(|choice| choice.id == answer.option)
    }

    /// Whether an answer keeps the citizen's name from the department.
    #[must_use]
    pub fn hides(&self, answers: &[Reason]) -> bool {
        answers.iter().any(|answer| self.choice(answer).is_some_and(|choice| choice.hides))
    }

    /// The fastest lane that the answers call for; ordinary where they call for none.
    #[must_use]
    pub fn lane(&self, answers: &[Reason]) -> Lane {
        let lanes = answers.iter().filter_map(|answer| self.choice(answer)?.lane);
        lanes.fold(Lane::Ordinary, Lane::faster)
    }

    /// Whether the answers say that somebody is in danger: then place and number are enough, and the rest is asked
    /// later.
    #[must_use]
    pub fn is_urgent(&self, answers: &[Reason]) -> bool {
        let question = self.danger.as_ref().map(|danger| danger.question.as_str());
        answers
            .iter()
            .filter(|answer| Some(answer.question.as_str()) == question)
            .any(|answer| self.choice(answer).and_then(|choice| choice.lane).is_some_and(Lane::is_emergency))
    }

    /// Whether every answer belongs to a known question and option, and no question is answered twice.
    #[must_use]
    pub fn knows(&self, answers: &[Reason]) -> bool {
        answers.iter().enumerate().all(|(index, answer)| {
            let earlier = answers.get(..index).unwrap_or_default();
            self.choice(answer).is_some() && earlier.iter().all(|other| other.question != answer.question)
        })
    }

    /// Inconsistencies: names that refer to nothing. Empty where there are none.
    #[must_use]
    pub fn faults(&self, is_category: impl Fn(&str) -> bool) -> Vec<String> {
        let mut faults = Vec::new();
        let choices = self.questions.values().flat_map(|question| &question.options);
        let questions =
            self.trees.iter().flat_map(|tree| &tree.ask).chain(choices.clone().flat_map(|choice| &choice.then));
        for name in questions.chain(self.danger.as_ref().map(|danger| &danger.question)) {
            if !self.questions.contains_key(name) {
                faults.push(format!("there is no question {name}"));
            }
        }
        for name in choices.flat_map(|choice| &choice.papers).filter(|name| !self.papers.contains_key(*name)) {
            faults.push(format!("there is no paper {name}"));
        }
        for sign in self.danger.iter().flat_map(|danger| danger.words.written().chain(danger.except.written())) {
            let folded = sign::folded(sign);
            if folded != sign {
                faults.push(format!("the sign of danger \"{sign}\" is found as \"{folded}\""));
            }
        }
        let categories = self.trees.iter().flat_map(|tree| &tree.categories);
        for code in categories.chain(self.danger.iter().flat_map(|danger| &danger.categories)) {
            if !is_category(code) {
                faults.push(format!("there is no category {code}"));
            }
        }
        faults
    }
}

impl Danger {
    /// Whether the question of danger is asked for this category or text. A sign has one or more parts, separated by
    /// spaces, each with its spellings and beginnings, separated by bars: `pole|wire fallen|hanging`. All parts must
    /// stand near each other in one sentence, in any order. A word matches a part where it begins with one of its
    /// spellings, since words take endings in every language here. Signs are in the form of [`text::search_key`].
    #[must_use]
    pub fn applies(&self, category: Option<&str>, said: &str) -> bool {
        category.is_some_and(|category| self.categories.iter().any(|code| code == category)) || self.is_told(said)
    }

    fn is_told(&self, said: &str) -> bool {
        let sentences = said.split(['.', '!', '?', '\n', '।', '॥', '۔', '؟']).map(text::search_key);
        sentences.filter(|sentence| !sentence.is_empty()).any(|sentence| {
            let words: Vec<&str> = sentence.split(' ').collect();
            let except = self.except.possible(&words);
            // A phrase without danger removes the words around it, but not what else is said without a full stop.
            let (mut rest, mut from) = (Vec::new(), 0);
            while let Some(word) = words.get(from) {
                let near = stretch(&words, from);
                if except.iter().any(|saying| sign::stands_in(saying, near, NEAR)) {
                    from += NEAR;
                } else {
                    rest.push(*word);
                    from += 1;
                }
            }
            self.words.standing(&rest, NEAR).next().is_some()
        })
    }
}

/// The window of words that begins here.
fn stretch<'a, 'b>(words: &'a [&'b str], from: usize) -> &'a [&'b str] {
    words.get(from..words.len().min(from + NEAR)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons() -> Reasons {
        serde_json::from_str(
            r#"{"papers": {"slip": {"en": "Slip", "bn": "রসিদ"}},
                "questions": {
                  "danger": {"ask": {"en": "Danger?", "bn": ""}, "options": [
                    {"id": "now", "label": {"en": "Now", "bn": ""}, "lane": "emergency2"},
                    {"id": "no", "label": {"en": "No", "bn": ""}}]},
                  "state": {"ask": {"en": "State?", "bn": ""}, "options": [
                    {"id": "unpaid", "label": {"en": "Unpaid", "bn": ""}, "papers": ["slip"], "then": ["bank"]},
                    {"id": "unknown", "label": {"en": "I do not know", "bn": ""}}]},
                  "bank": {"ask": {"en": "Bank?", "bn": ""}, "options": [
                    {"id": "today", "label": {"en": "Today", "bn": ""}, "lane": "emergency24"}]}},
                "trees": [{"for": ["pension"], "ask": ["state"]}],
                "danger": {"question": "danger", "for": ["health"], "words": ["আগুন", "bleeding"]}}"#,
        )
        .expect("reasons")
    }

    fn answer(question: &str, option: &str) -> Reason {
        Reason { question: question.into(), option: option.into() }
    }

    #[test]
    fn the_way_follows_the_answers() {
        let reasons = reasons();
        assert_eq!(reasons.asked(Some("pension"), "", &[]), ["state"]);
        assert_eq!(reasons.asked(Some("pension"), "", &[answer("state", "unpaid")]), ["state", "bank"]);
        assert_eq!(reasons.asked(Some("pension"), "", &[answer("state", "unknown")]), ["state"]);
        assert_eq!(reasons.asked(Some("roads"), "", &[]), [""; 0]);
        assert_eq!(reasons.asked(Some("health"), "", &[]), ["danger"]);
    }

    #[test]
    fn words_of_danger_are_found_in_any_script_and_not_within_words() {
        let reasons = reasons();
        assert_eq!(reasons.asked(None, "বাড়িতে আগুন! তাড়াতাড়ি", &[]), ["danger"]);
        assert_eq!(reasons.asked(Some("pension"), "She is BLEEDING", &[]), ["danger", "state"]);
        assert_eq!(reasons.asked(None, "unbleeding", &[]), [""; 0]);
    }

    #[test]
    fn whoever_says_that_there_is_danger_is_heard_whatever_they_wrote() {
        let reasons = reasons();
        let urgent = [answer("danger", "now")];
        assert!(reasons.is_urgent(&urgent));
        assert_eq!(reasons.asked(None, "come", &urgent), ["danger"]);
        assert!(!reasons.is_urgent(&[answer("danger", "no"), answer("bank", "today")]));
        assert_eq!(reasons.asked(None, "come", &[answer("danger", "no")]), [""; 0]);
    }

    #[test]
    fn the_fastest_lane_counts_and_unknown_answers_are_told() {
        let reasons = reasons();
        let answers = [answer("bank", "today"), answer("danger", "now")];
        assert_eq!(reasons.lane(&answers), Lane::Emergency2);
        assert_eq!(reasons.lane(&[answer("state", "unpaid")]), Lane::Ordinary);
        assert!(reasons.knows(&answers));
        assert!(!reasons.knows(&[answer("bank", "never")]));
        assert!(!reasons.knows(&[answer("bank", "today"), answer("bank", "today")]));
    }

    #[test]
    fn faults_are_named() {
        let mut reasons = reasons();
        assert_eq!(reasons.faults(|_| true), [""; 0]);
        reasons.papers.clear();
        reasons.questions.remove("bank");
        assert_eq!(reasons.faults(|code| code == "pension").len(), 3);
    }
}
