//! The TypeScript of the command list: every type and one typed function per command, in one file.
//!
//! The file is committed as `ui/src/bindings/index.ts`; a test fails while it differs from what this writes.

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use ts_rs::{Config, TS, TypeVisitor};

use crate::command::{self, CommandVisitor};
use crate::error::ErrorNotice;

struct Types {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl Types {
    fn declare<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Only derived types have a declaration of their own; strings, lists and options are written inline.
        if <T as TS>::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(&self.config));
            let name = T::ident(&self.config);
            let other = self.declarations.insert(name.clone(), declaration.clone());
            assert!(other.is_none_or(|other| other == declaration), "two types are called {name}");
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        self.declare::<T>();
    }
}

struct Writer {
    types: Types,
    functions: String,
}

impl CommandVisitor for Writer {
    fn command<A: TS + 'static, O: TS + 'static>(&mut self, name: &'static str, doc: &'static str) {
        self.types.declare::<A>();
        self.types.declare::<O>();
        let (takes, passes) = if TypeId::of::<A>() == TypeId::of::<command::Nothing>() {
            (String::new(), "{}")
        } else {
            (format!("args: {}", A::name(&self.types.config)), "args")
        };
        let output = O::name(&self.types.config);
        let doc = doc.trim();
        // Writing to a String cannot fail.
        let _ = writeln!(
            self.functions,
            "/** {doc} */\nexport function {name}({takes}): Promise<{output}> {{\n  return call('{name}', {passes});\n}}\n"
        );
    }
}

/// The content of `ui/src/bindings/index.ts`.
pub fn typescript() -> String {
    let types =
        Types { config: Config::new().with_large_int("number"), seen: HashSet::new(), declarations: BTreeMap::new() };
    let mut writer = Writer { types, functions: String::new() };
    writer.types.declare::<ErrorNotice>();
    writer.types.declare::<crate::attachment::Uploaded>();
    writer.types.declare::<crate::saved_copy::CopySource>();
    writer.types.declare::<crate::courier::ChosenStick>();
    command::visit(&mut writer);
    let declarations: Vec<String> = writer.types.declarations.into_values().collect();
    format!(
        "// Written by the program's command list (crates/app/src/bindings.rs); `make bindings` renews it.\n\n\
         import {{ call }} from '../host';\n\n{}\n{}",
        declarations.join("\n"),
        writer.functions
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_committed_bindings_are_the_generated_ones() {
        let committed = include_str!("../../../ui/src/bindings/index.ts");
        assert!(
            committed == super::typescript(),
            "the command list changed: run `make bindings` and commit the result"
        );
    }
}
