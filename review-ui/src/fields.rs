//! What a person typed into a form: names and values, in the order of the form.
//!
//! Kept as it came, so that it can be shown again whatever goes wrong.

/// The fields of one form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// Names that belong to the machinery of forms and are never shown to people.
pub(crate) const CSRF: &str = "_csrf";
/// The version of the page on which the person saw what they changed.
pub(crate) const VERSION: &str = "_version";

impl Fields {
    /// From the body of a form post.
    pub(crate) fn from_body(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// The one value of `name`, without blanks around it; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        let field = self.0.iter().find(|(key, _)| key == name);
        field.map(|(_, value)| value.trim()).unwrap_or_default()
    }

    /// The value of `name` if something was typed.
    pub(crate) fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name)).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Whether a box of that name is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// All values of `name`.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// Puts a value after the others.
    pub(crate) fn push(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_owned(), value.into()));
    }

    /// Puts a value after the others, if there is one.
    pub(crate) fn push_some<V: ToString>(&mut self, name: &str, value: Option<&V>) {
        if let Some(value) = value {
            self.push(name, value.to_string());
        }
    }

    /// Names and values in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Without the fields of that name.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_may_come_several_times() {
        let fields = Fields::from_body("timing=a&timing=b&name=%E8%96%AC+&_csrf=x".as_bytes());
        assert_eq!(fields.all("timing").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(fields.get("name"), "薬");
        assert!(!fields.without(CSRF).ticked(CSRF));
    }
}
