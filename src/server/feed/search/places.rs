//! Places by the words of their names, in every language of the tables: a word of a search that names a place finds the
//! cases there, however their citizens wrote it.

use super::document::{Code, HEARD_IN_TEXT, sound};
use model::text::{length, search_key};
use model::wire::District;
use std::collections::BTreeMap;

/// Fewest letters of a word, or of its beginning, that names a place.
const SHORTEST: usize = 3;

/// Districts, blocks and towns by the words of their names and by how those sound.
#[derive(Debug, Default)]
pub struct Places {
    words: BTreeMap<String, Vec<Code>>,
    sounds: BTreeMap<String, Vec<Code>>,
}

impl Places {
    /// The places of these districts.
    #[must_use]
    pub fn of(districts: &[District]) -> Self {
        let mut places = Self::default();
        for district in districts {
            let name = &district.name;
            let names = [&name.en, &name.bn, &name.hi, &name.ne, &name.ur, &district.aliases];
            names.into_iter().for_each(|name| places.add(name, &Code::District(district.lgd)));
            for place in &district.places {
                let name = &place.name;
                let names = [&name.en, &name.bn, &name.hi, &name.ne, &name.ur];
                names.into_iter().for_each(|name| places.add(name, &Code::Place(place.lgd)));
            }
        }
        places
    }

    fn add(&mut self, name: &str, code: &Code) {
        let put = |known: &mut BTreeMap<String, Vec<Code>>, word: &str| {
            let codes = known.entry(word.to_owned()).or_default();
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        };
        let key = search_key(name);
        // The number behind a name, as of Alipurduar-II, names nothing by itself.
        for word in key.split(' ').filter(|word| length(word) >= SHORTEST) {
            put(&mut self.words, word);
            if let Some(sound) = sound(word, HEARD_IN_TEXT) {
                put(&mut self.sounds, &sound);
            }
        }
    }

    /// The places of which a word of the name is this one, sounds like it or, where it `begins` a word, starts with it.
    pub(super) fn named(&self, word: &str, begins: bool) -> Vec<Code> {
        let mut found = self.words.get(word).cloned().unwrap_or_default();
        let heard = sound(word, HEARD_IN_TEXT).and_then(|sound| self.sounds.get(&sound));
        found.extend(heard.into_iter().flatten().cloned());
        if begins && length(word) >= SHORTEST {
            let longer = self.words.range(word.to_owned()..).take_while(|(name, _)| name.starts_with(word));
            found.extend(longer.flat_map(|(_, codes)| codes.iter().cloned()));
        }
        found.sort_unstable_by_key(Code::to_string);
        found.dedup();
        found
    }
}
