//! Laws that one file can break.

/// Longer than this, a file holds more than one concern.
const LONG: usize = 600;

struct Law {
    /// What must not stand in a line of code …
    words: &'static [&'static str],
    /// … but in files whose path begins with one of these.
    except: &'static [&'static str],
    why: &'static str,
}

const LAWS: [Law; 4] = [
    Law {
        words: &["Grant::issue", "Confirmed::issue"],
        except: &["crates/hub/src/access", "crates/db/tests/", "xtask/"],
        why: "access is decided in crates/hub/src/access, which alone issues grants",
    },
    Law {
        words: &["<textarea", "textarea()"],
        except: &["app/src/forms/textarea.rs", "xtask/"],
        why: "Leptos does not escape what stands in a textarea: use the component TextArea",
    },
    Law {
        words: &["inner_html"],
        except: &[
            "app/src/charts/",
            "app/src/components/prose.rs",
            "app/src/ssr/document.rs",
            "xtask/",
        ],
        why: "inner_html writes unescaped text: only app/src/charts, cleaned prose and the document's own scripts may",
    },
    Law {
        words: &["diesel::", "diesel_async::", "diesel_migrations::"],
        except: &["crates/db/", "xtask/"],
        why: "only crates/db speaks to PostgreSQL",
    },
];

/// Every line of `text` that breaks a law.
pub(super) fn laws(path: &str, text: &str) -> Vec<String> {
    if !path.ends_with(".rs") {
        return Vec::new();
    }
    let mut broken = Vec::new();
    for law in &LAWS {
        if law.except.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let code = !line.trim_start().starts_with("//");
            if code && law.words.iter().any(|word| line.contains(word)) {
                broken.push(format!("{path}:{}: {}", index + 1, law.why));
            }
        }
    }
    broken
}

/// A word of warning about a long file.
pub(super) fn length(path: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONG).then(|| format!("{path}: {lines} lines; what could stand in a file of its own?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_issued_outside_access_is_found() {
        let line = "fn x() {\n    let grant = Grant::issue(id);\n}\n";
        assert_eq!(laws("crates/hub/src/datasets/rename.rs", line).len(), 1);
        assert_eq!(laws("crates/hub/src/accounts/tokens.rs", "Confirmed::issue()").len(), 1);
        assert!(laws("crates/hub/src/access/mod.rs", line).is_empty());
        assert!(laws("crates/hub/src/datasets/rename.rs", "// Grant::issue\n").is_empty());
    }

    #[test]
    fn a_raw_textarea_is_found_with_its_line() {
        let view = "view! {\n    <textarea name=\"x\"></textarea>\n}\n";
        let broken = laws("app/src/pages/datasets/card.rs", view);
        assert!(broken[0].starts_with("app/src/pages/datasets/card.rs:2:"));
        assert!(laws("app/src/forms/textarea.rs", view).is_empty());
    }

    #[test]
    fn a_query_outside_db_is_found() {
        let code = "use diesel::prelude::*;\n";
        assert_eq!(laws("crates/jobs/src/lease.rs", code).len(), 1);
        assert!(laws("crates/db/src/jobs.rs", code).is_empty());
    }

    #[test]
    fn a_long_file_is_mentioned() {
        assert!(length("a.rs", &"\n".repeat(601)).is_some());
        assert!(length("a.rs", &"\n".repeat(600)).is_none());
    }
}
