//! The files of Maven and Gradle that are made from the lock list.

use super::lock::{Artefact, Lock, Use};
use super::{MIN_SDK, TARGET_SDK, layout};
use anyhow::{Context, Result, ensure};
use std::fs;

const PARENT: &str = include_str!("templates/parent.xml");
const MODULE: &str = include_str!("templates/module.xml");
const GRADLE_SETTINGS: &str = include_str!("templates/settings.gradle.kts");
const GRADLE_APP: &str = include_str!("templates/app.gradle.kts");

/// A file under `android/`, and what must stand in it.
struct Made {
    path: &'static str,
    content: String,
}

/// Writes all of them anew.
pub fn write() -> Result<()> {
    for Made { path, content } in all(&Lock::read()?)? {
        let file = layout::android().join(path);
        fs::create_dir_all(file.parent().expect("it lies in android/"))?;
        fs::write(&file, content).with_context(|| format!("writing {}", file.display()))?;
        println!("android/{path}");
    }
    Ok(())
}

/// Refuses files that do not follow the list.
pub fn check(lock: &Lock) -> Result<()> {
    for Made { path, content } in all(lock)? {
        let there = fs::read_to_string(layout::android().join(path)).unwrap_or_default();
        ensure!(there == content, "android/{path} does not follow versions.lock: run `cargo xtask lock`");
    }
    Ok(())
}

fn all(lock: &Lock) -> Result<Vec<Made>> {
    let libs: Vec<_> = lock.all(Use::App).collect();
    let test_libs: Vec<_> = lock.all(Use::Test).chain(lock.all(Use::Robolectric)).collect();
    let tools: Vec<_> = lock.all(Use::Tools).chain(lock.all(Use::Platform)).collect();
    Ok(vec![
        Made { path: "pom.xml", content: with_versions(lock, PARENT)? },
        module("libs/pom.xml", "libs", "jar", "the AARs' classes as one jar, beside the jars.", &libs),
        module("testlibs/pom.xml", "testlibs", "jar", "the same for what only tests need.", &test_libs),
        module("tools/pom.xml", "tools", "pom", "what the build runs, and Android itself.", &tools),
        Made { path: "settings.gradle.kts", content: GRADLE_SETTINGS.to_owned() },
        Made { path: "app/build.gradle.kts", content: gradle_app(lock)? },
    ])
}

fn module(path: &'static str, name: &str, packaging: &str, what: &str, artefacts: &[&Artefact]) -> Made {
    let dependencies: Vec<_> = artefacts.iter().map(|artefact| dependency(artefact)).collect();
    let content = MODULE
        .replace("@what@", what)
        .replace("@module@", name)
        .replace("@packaging@", packaging)
        .replace("@dependencies@", &dependencies.join("\n"));
    Made { path, content }
}

fn dependency(artefact: &Artefact) -> String {
    let Artefact { group, name, version, kind, .. } = artefact;
    let excluded = match name.as_str() {
        // These two are no Android libraries, and bring what they need themselves.
        "robolectric" => "androidx.test",
        "manifest-merger" => "",
        _ => "*",
    };
    let mut lines = vec![
        format!("      <groupId>{group}</groupId>"),
        format!("      <artifactId>{name}</artifactId>"),
        format!("      <version>{version}</version>"),
    ];
    if kind != "jar" {
        lines.push(format!("      <type>{kind}</type>"));
    }
    if !excluded.is_empty() {
        let exclusion = format!("<groupId>{excluded}</groupId><artifactId>*</artifactId>");
        lines.push(format!("      <exclusions><exclusion>{exclusion}</exclusion></exclusions>"));
    }
    format!("    <dependency>\n{}\n    </dependency>", lines.join("\n"))
}

fn gradle_app(lock: &Lock) -> Result<String> {
    let mut lines = Vec::new();
    let mut depend = |configuration: &str, purpose: Use| {
        for artefact in lock.all(purpose).filter(|artefact| artefact.named) {
            let configuration = if artefact.name == "ui-test-manifest" { "debugImplementation" } else { configuration };
            lines.push(format!("    {configuration}(\"{}\")", for_gradle(artefact)));
        }
    };
    depend("implementation", Use::App);
    depend("testImplementation", Use::Test);
    depend("testImplementation", Use::Robolectric);
    depend("androidTestImplementation", Use::Test);
    lines.dedup();
    let (plugins, rest) = GRADLE_APP.split_once("@min-sdk@").context("the template names the oldest system")?;
    let rest = rest.replace("@target-sdk@", &TARGET_SDK.to_string()).replace("@dependencies@", &lines.join("\n"));
    Ok(format!("{}{MIN_SDK}{rest}", with_versions(lock, plugins)?))
}

/// Gradle chooses the build for Android itself, and reads an AAR only where it is told so.
fn for_gradle(artefact: &Artefact) -> String {
    let Artefact { group, name, version, kind, .. } = artefact;
    let multiplatform = group.starts_with("androidx.");
    let base = name.strip_suffix("-android").or_else(|| name.strip_suffix("-jvm")).filter(|_| multiplatform);
    let only_aar = if kind == "aar" && name == "jna" { "@aar" } else { "" };
    format!("{group}:{}:{version}{only_aar}", base.unwrap_or(name))
}

/// Puts an artefact's version for `@NAME@`, and its path in a repository for `@file:NAME@`.
fn with_versions(lock: &Lock, template: &str) -> Result<String> {
    let mut text = String::new();
    for (index, part) in template.split('@').enumerate() {
        if index % 2 == 0 {
            text.push_str(part);
        } else if let Some(name) = part.strip_prefix("file:") {
            text.push_str(&lock.named(name)?.path().to_string_lossy());
        } else {
            text.push_str(&lock.named(part)?.version);
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_those_of_the_lock_list() {
        check(&Lock::read().expect("a list")).expect("in step");
    }
}
