//! Indian mobile numbers.

use crate::text;
use serde::{Deserialize, Serialize};

/// A mobile number of India: ten ASCII digits, the first from 6 to 9.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mobile(String);

/// Why a text is not a mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAMobile {
    /// Nothing was typed.
    Empty,
    /// There are letters among the digits.
    Letters,
    /// Too few or too many digits.
    WrongDigits,
    /// A landline, which takes no text messages.
    Landline,
}

impl Mobile {
    /// Reads a number with or without +91, 0091 and 0 in any mix, with spaces, hyphens, brackets and dots, in the
    /// digits of any script in use (ERR-06, FLD-01).
    ///
    /// # Errors
    /// [`NotAMobile`] says what is wrong, so that the message can say what to do.
    pub fn parse(typed: &str) -> Result<Self, NotAMobile> {
        let typed = text::clean(typed);
        if typed.is_empty() {
            return Err(NotAMobile::Empty);
        }
        if typed.chars().any(|c| c.is_alphabetic()) {
            return Err(NotAMobile::Letters);
        }
        let digits = text::digits(&typed);
        let (head, number) = digits.split_at_checked(digits.len().saturating_sub(10)).unwrap_or_default();
        if number.len() == 10 && is_prefix(head) {
            if number.starts_with(['6', '7', '8', '9']) {
                return Ok(Self(number.to_owned()));
            }
            if number.starts_with(['2', '3', '4', '5']) {
                return Err(NotAMobile::Landline);
            }
        }
        // 0, two to four digits for the town, six to eight for the line.
        let of_town = digits.strip_prefix('0').is_some_and(|rest| rest.starts_with(['1', '2', '3', '4', '5']));
        let landline = of_town && (9..=13).contains(&digits.len());
        Err(if landline { NotAMobile::Landline } else { NotAMobile::WrongDigits })
    }

    /// Ten digits without a prefix.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In international form (E.164), `+919812345678`, as it is dialled (FLD-02).
    #[must_use]
    pub fn e164(&self) -> String {
        format!("+91{}", self.0)
    }

    /// As shown to those who must recognise but not call it: `98xxxxxx78` (SEC-03).
    #[must_use]
    pub fn masked(&self) -> String {
        let (head, tail) = (self.0.get(..2).unwrap_or_default(), self.0.get(8..).unwrap_or_default());
        format!("{head}xxxxxx{tail}")
    }

    /// As read aloud and printed: `98123 45678`.
    #[must_use]
    pub fn spaced(&self) -> String {
        let (head, tail) = self.0.split_at_checked(5).unwrap_or((&self.0, ""));
        format!("{head} {tail}")
    }
}

/// What may precede the ten digits: 00 (abroad), 91 (India), 0 (another town).
fn is_prefix(head: &str) -> bool {
    let without_zeros = |text: &str| text.trim_start_matches('0').to_owned();
    let after_zeros = without_zeros(head);
    let rest = after_zeros.strip_prefix("91").map_or(after_zeros.clone(), without_zeros);
    head.len() <= 6 && (rest.is_empty() || rest == "91")
}

/// Shows the masked number: values of this type end up in logs.
impl std::fmt::Debug for Mobile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mobile({})", self.masked())
    }
}

impl TryFrom<String> for Mobile {
    type Error = &'static str;
    fn try_from(typed: String) -> Result<Self, Self::Error> {
        Self::parse(&typed).map_err(|_| "not a mobile number of ten digits")
    }
}

impl From<Mobile> for String {
    fn from(mobile: Mobile) -> Self {
        mobile.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for typed in [
            "9830012345",
            "09830012345",
            "+91 98300 12345",
            "0091-98300-12345",
            "(98300) 12345",
            "৯৮৩০০১২৩৪৫",
            "+৯১ ৯৮৩০০ ১২৩৪৫",
            "९८३००१२३४५",
            "۹۸۳۰۰۱۲۳۴۵",
            "᱙᱘᱓᱐᱐᱑᱒᱓᱔᱕",
            " 98300.12345 \u{200E}",
            "919830012345",
            "+91 0 98300 12345",
            "+91 (0) 98300-12345",
            "0091 098300 12345",
            "091 98300 12345",
            "+91 +91 98300 12345",
        ] {
            assert_eq!(Mobile::parse(typed).map(String::from), Ok("9830012345".to_owned()), "{typed}");
        }
    }

    #[test]
    fn wrong_numbers_say_what_is_wrong() {
        let table = [
            ("", NotAMobile::Empty),
            ("  ", NotAMobile::Empty),
            ("98300abc45", NotAMobile::Letters),
            ("12345", NotAMobile::WrongDigits),
            ("5830012345", NotAMobile::Landline),
            ("033 2214 5555", NotAMobile::Landline),
            ("+91 33 2214 5555", NotAMobile::Landline),
            ("(03463) 255 255", NotAMobile::Landline),
            ("০৩৩-২২১৪ ৫৫৫৫", NotAMobile::Landline),
            ("1800 345 6789", NotAMobile::WrongDigits),
            ("983001234567", NotAMobile::WrongDigits),
            ("19830012345", NotAMobile::WrongDigits),
        ];
        for (typed, why) in table {
            assert_eq!(Mobile::parse(typed), Err(why), "{typed}");
        }
    }

    #[test]
    fn a_number_is_masked_wherever_it_might_be_logged() {
        let mobile = Mobile::parse("9830012345").expect("a number");
        assert_eq!(format!("{mobile:?}"), "Mobile(98xxxxxx45)");
        assert_eq!(mobile.e164(), "+919830012345");
        assert_eq!(mobile.spaced(), "98300 12345");
    }

    proptest! {
        #[test]
        fn noise_between_digits_changes_nothing(number in "[6-9][0-9]{9}", noise in proptest::collection::vec("[ ().\u{200e}-]{0,2}", 10)) {
            let typed: String = number.chars().zip(&noise).map(|(digit, noise)| format!("{noise}{digit}")).collect();
            prop_assert_eq!(Mobile::parse(&typed).map(String::from), Ok(number));
        }
    }
}
