//! JSON in a small amount of code.
//!
//! `serde_json` parses each type directly from text; for every type it carries code for each way the type may be
//! written, with positions and messages. A page needs none of that: here text is parsed into a [`Value`] once, and
//! every type is read from that by one small deserializer whose error carries no details. It reads what `serde_json`
//! writes: structs and maps as objects, enums by the name of the variant. Compared with `serde_json` alone this saves a
//! tenth of the download for lodging (ARCHITECTURE.md, "Bytes").

use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::{Serialize, forward_to_deserialize_any};
use serde_json::{Map, Value};
use std::fmt;

/// The JSON does not match the expected type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unexpected;

impl fmt::Display for Unexpected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("unexpected JSON")
    }
}

impl std::error::Error for Unexpected {}

impl de::Error for Unexpected {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Parses text as JSON of any shape; `None` where it is not JSON.
#[must_use]
pub fn parse(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok()
}

/// Reads a type from text; `None` where it does not match.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    from(&parse(text)?)
}

/// Reads a type from JSON; `None` where it does not match.
#[must_use]
pub fn from<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(Node::Value(value)).ok()
}

/// The unit variant of this name; `None` where there is none.
#[must_use]
pub fn named<T: DeserializeOwned>(name: &str) -> Option<T> {
    T::deserialize(Node::Name(name)).ok()
}

/// Serializes a value; null where that fails, which it never does for derived types.
#[must_use]
pub fn value<T: Serialize + ?Sized>(of: &T) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// Formats JSON as text.
#[must_use]
pub fn text(value: &Value) -> String {
    value.to_string()
}

/// A value or a map key. One type for both, so that the code that reads either is compiled once.
#[derive(Clone, Copy)]
enum Node<'a> {
    Value(&'a Value),
    Name(&'a str),
}

impl<'a> Node<'a> {
    #[inline(never)]
    fn text(self) -> Result<&'a str, Unexpected> {
        match self {
            Self::Value(value) => value.as_str().ok_or(Unexpected),
            Self::Name(name) => Ok(name),
        }
    }

    #[inline(never)]
    fn natural(self) -> Result<u64, Unexpected> {
        match self {
            Self::Value(value) => value.as_u64().ok_or(Unexpected),
            Self::Name(name) => name.parse().map_err(|_| Unexpected),
        }
    }

    #[inline(never)]
    fn whole(self) -> Result<i64, Unexpected> {
        match self {
            Self::Value(value) => value.as_i64().ok_or(Unexpected),
            Self::Name(name) => name.parse().map_err(|_| Unexpected),
        }
    }

    fn value(self) -> Result<&'a Value, Unexpected> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Name(_) => Err(Unexpected),
        }
    }

    fn list(self) -> Result<Items<'a>, Unexpected> {
        Ok(Items(self.value()?.as_array().ok_or(Unexpected)?.iter()))
    }

    fn parts(self) -> Result<Parts<'a>, Unexpected> {
        Ok(Parts::of(self.value()?.as_object().ok_or(Unexpected)?))
    }
}

macro_rules! by {
    ($($kind:ident: $get:ident => $visit:ident,)*) => {
        $(fn $kind<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
            visitor.$visit(self.$get()?)
        })*
    };
}

impl<'de> Deserializer<'de> for Node<'de> {
    type Error = Unexpected;

    by! {
        deserialize_str: text => visit_str,
        deserialize_string: text => visit_str,
        deserialize_identifier: text => visit_str,
        deserialize_u8: natural => visit_u64,
        deserialize_u16: natural => visit_u64,
        deserialize_u32: natural => visit_u64,
        deserialize_u64: natural => visit_u64,
        deserialize_i8: whole => visit_i64,
        deserialize_i16: whole => visit_i64,
        deserialize_i32: whole => visit_i64,
        deserialize_i64: whole => visit_i64,
        deserialize_seq: list => visit_seq,
        deserialize_map: parts => visit_map,
    }

    forward_to_deserialize_any! { i128 u128 char bytes byte_buf }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        match self {
            Self::Name(name) => visitor.visit_str(name),
            Self::Value(value) => match value {
                Value::Null => visitor.visit_unit(),
                Value::Bool(is) => visitor.visit_bool(*is),
                Value::String(text) => visitor.visit_str(text),
                Value::Array(items) => visitor.visit_seq(Items(items.iter())),
                Value::Object(parts) => visitor.visit_map(Parts::of(parts)),
                Value::Number(number) => match (number.as_u64(), number.as_i64()) {
                    (Some(natural), _) => visitor.visit_u64(natural),
                    (None, Some(whole)) => visitor.visit_i64(whole),
                    (None, None) => visitor.visit_f64(number.as_f64().ok_or(Unexpected)?),
                },
            },
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_bool(self.value()?.as_bool().ok_or(Unexpected)?)
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_f64(self.value()?.as_f64().ok_or(Unexpected)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        if let Self::Value(Value::Null) = self { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        self.value()?.as_null().ok_or(Unexpected)?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unexpected> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unexpected> {
        visitor.visit_enum(self.variant()?)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unexpected> {
        visitor.visit_unit()
    }
}

impl<'a> Node<'a> {
    /// A unit variant is its name; a variant with content is an object with one member.
    #[inline(never)]
    fn variant(self) -> Result<Variant<'a>, Unexpected> {
        match self {
            Self::Name(name) => Ok(Variant(name, None)),
            Self::Value(Value::String(name)) => Ok(Variant(name, None)),
            Self::Value(Value::Object(parts)) if parts.len() == 1 => {
                let (name, content) = parts.iter().next().ok_or(Unexpected)?;
                Ok(Variant(name, Some(content)))
            }
            Self::Value(_) => Err(Unexpected),
        }
    }
}

struct Items<'a>(std::slice::Iter<'a, Value>);

impl<'a> SeqAccess<'a> for Items<'a> {
    type Error = Unexpected;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, Unexpected> {
        self.0.next().map(|value| seed.deserialize(Node::Value(value))).transpose()
    }
}

struct Parts<'a>(serde_json::map::Iter<'a>, Option<&'a Value>);

impl<'a> Parts<'a> {
    fn of(parts: &'a Map<String, Value>) -> Self {
        Self(parts.iter(), None)
    }

    #[inline(never)]
    fn next_name(&mut self) -> Option<&'a str> {
        let (name, value) = self.0.next()?;
        self.1 = Some(value);
        Some(name)
    }
}

impl<'a> MapAccess<'a> for Parts<'a> {
    type Error = Unexpected;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, Unexpected> {
        self.next_name().map(|name| seed.deserialize(Node::Name(name))).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, Unexpected> {
        seed.deserialize(Node::Value(self.1.take().ok_or(Unexpected)?))
    }
}

struct Variant<'a>(&'a str, Option<&'a Value>);

impl<'a> EnumAccess<'a> for Variant<'a> {
    type Error = Unexpected;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Unexpected> {
        Ok((seed.deserialize(Node::Name(self.0))?, self))
    }
}

impl<'a> Variant<'a> {
    fn content(self) -> Result<Node<'a>, Unexpected> {
        self.1.map(Node::Value).ok_or(Unexpected)
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Unexpected;

    fn unit_variant(self) -> Result<(), Unexpected> {
        match self.1 {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(Unexpected),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unexpected> {
        seed.deserialize(self.content()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unexpected> {
        self.content()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unexpected> {
        self.content()?.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize};
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Unit,
        One(u32),
        Two(i8, String),
        Named { at: Option<f64>, of: Vec<Kind> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Wrapped(String);

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        kinds: Vec<Kind>,
        by_number: BTreeMap<u32, bool>,
        by_name: BTreeMap<String, Wrapped>,
        #[serde(default)]
        missing: Option<String>,
        any: Value,
        pair: (u8, i64),
        nothing: (),
    }

    fn all() -> All {
        All {
            kinds: vec![
                Kind::Unit,
                Kind::One(7),
                Kind::Two(-3, "দুই".into()),
                Kind::Named { at: Some(0.5), of: vec![Kind::Named { at: None, of: Vec::new() }] },
            ],
            by_number: BTreeMap::from([(7, true), (9, false)]),
            by_name: BTreeMap::from([("নাম".into(), Wrapped("\"\\\n".into()))]),
            missing: None,
            any: json!({ "a": [1, -2, 0.25, null, true, "x"] }),
            pair: (1, i64::MIN),
            nothing: (),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let written = text(&value(&all()));
        assert_eq!(read::<All>(&written), Some(all()));
        assert_eq!(serde_json::from_str::<All>(&written).ok(), Some(all()), "as serde_json reads it");
    }

    #[test]
    fn what_is_something_else_is_not_read() {
        let good = value(&all());
        for (place, other) in [
            ("/kinds", json!({})),
            ("/kinds/0", json!("None")),
            ("/kinds/1/One", json!(-1)),
            ("/kinds/1/One", json!(4_294_967_296_u64)),
            ("/kinds/1", json!({ "One": 1, "Unit": null })),
            ("/kinds/2/Two/0", json!(200)),
            ("/kinds/3/Named/of", json!(null)),
            ("/by_number", json!({ "x": true })),
            ("/by_name/নাম", json!(1)),
            ("/pair", json!([1])),
            ("/nothing", json!(0)),
        ] {
            let mut bad = good.clone();
            *bad.pointer_mut(place).expect(place) = other.clone();
            assert_eq!(from::<All>(&bad), None, "{place}: {other}");
        }
        for text in ["", "{", "[1,]", "nul"] {
            assert_eq!(read::<Value>(text), None, "{text}");
        }
    }
}
