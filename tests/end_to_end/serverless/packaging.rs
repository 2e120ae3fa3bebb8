//! What plugins that bundle say of functions, and what is packaged.

use crate::support::Ended;
use crate::support::sandbox::Sandbox;

/// A stand-in for esbuild: it writes down what it is asked for, and a bundle that says nothing.
const ESBUILD: &str = r#"#!/bin/sh
for argument; do
  echo "$argument" >> esbuild.arguments
  case $argument in
    --outfile=*) out=${argument#--outfile=} ;;
    --metafile=*) meta=${argument#--metafile=} ;;
  esac
done
mkdir -p "$(dirname "$out")"
echo 'exports.place = async () => {};' > "$out"
echo '{"inputs": {"src/orders.js": {}}}' > "$meta"
"#;

const SERVICE: &str = "service: orders
provider: {name: aws, runtime: nodejs20.x}
plugins: [serverless-esbuild]
custom:
  esbuild: {minify: true, sourcemap: true, target: node18, external: [sharp], packager: npm, exclude: ['@aws-sdk/*']}
functions:
  place: {handler: src/orders.place}
";

fn folder(service: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("serverless.yml", service);
    sandbox.write("src/orders.js", "exports.place = async () => {};\n");
    sandbox.write("package.json", r#"{"dependencies": {"sharp": "1.0.0"}}"#);
    sandbox.write("node_modules/sharp/package.json", r#"{"name": "sharp", "version": "1.0.0"}"#);
    std::fs::create_dir_all(sandbox.work().join("node_modules/.bin")).unwrap();
    workshop_test_programs::write_script(&sandbox.work().join("node_modules/.bin/esbuild"), ESBUILD).unwrap();
    sandbox
}

#[test]
fn javascript_is_bundled_as_the_plugin_is_told() {
    let sandbox = folder(SERVICE);
    let packaged = Ended::of(sandbox.workshop("package").output().unwrap());
    assert_eq!(packaged.code, Some(0), "{packaged:#?}");
    let arguments = std::fs::read_to_string(sandbox.work().join("esbuild.arguments")).unwrap();
    for argument in ["--bundle", "--minify", "--sourcemap", "--target=node18", "--external:sharp"] {
        assert!(arguments.lines().any(|line| line == argument), "{argument}\n{arguments}");
    }
    let zip = std::fs::File::open(sandbox.work().join("target/functions/place.zip")).unwrap();
    let archive = zip::ZipArchive::new(zip).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["node_modules/sharp/package.json", "src/orders.js"]);
    let printed = Ended::of(sandbox.workshop("print").output().unwrap());
    let line = r#"bundle = { minify = true, source_map = true, target = "node18", external = ["sharp"] }"#;
    assert!(printed.stdout.lines().any(|it| it == line), "{printed:#?}");
    for note in ["custom.esbuild.packager", "custom.esbuild.exclude"] {
        assert!(printed.stderr.contains(&format!("serverless.yml:5: `{note}` has no effect: ")), "{printed:#?}");
    }
}

#[test]
fn without_the_plugin_javascript_is_packaged_as_it_is() {
    let sandbox = folder(&SERVICE.replace("plugins: [serverless-esbuild]\n", ""));
    let packaged = Ended::of(sandbox.workshop("package").output().unwrap());
    assert_eq!(packaged.code, Some(0), "{packaged:#?}");
    assert!(!sandbox.work().join("esbuild.arguments").exists());
}
