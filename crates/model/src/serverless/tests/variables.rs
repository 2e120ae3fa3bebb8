//! Variables: where their values come from, and what happens when there are none.

use super::*;

/// The value of the environment variable `VALUE` of the only function, which the tests' texts give.
fn value(outside: &Outside, value: &str, rest: &str) -> String {
    let text = format!(
        "service: shop\nprovider: {{name: aws, runtime: nodejs22.x}}\nfunctions:\n  go:\n    handler: a.b\n    environment:\n      VALUE: {value}\n{rest}"
    );
    match outside.parse(&text) {
        Ok(parsed) => {
            let (_, function) = parsed.service.functions.first_key_value().unwrap();
            let account = AccountId::parse("123456789012").unwrap();
            let stage = outside.stage.map_or(StageName::default(), |stage| StageName::parse(stage).unwrap());
            let region = outside.region.map_or(Region::default(), |region| Region::parse(region).unwrap());
            function.environment["VALUE"].resolve(&parsed.service.stack(stage, region, account))
        }
        Err(errors) => shown_errors(&errors),
    }
}

fn plain(written: &str, rest: &str) -> String {
    value(&Outside::default(), written, rest)
}

#[test]
fn values_come_from_where_their_kind_says() {
    let outside = Outside {
        stage: Some("prod"),
        region: Some("eu-west-1"),
        parameters: vec![("size", "9")],
        environment: vec![("HOME_TOWN", "Bonn")],
        files: vec![("a.yml", "x: {y: [1, '${self:service}']}\n"), ("b.json", "{\"k\": true}"), ("c.txt", "text")],
        ..Outside::default()
    };
    let of = |written: &str| {
        value(
            &outside,
            written,
            "custom: {a: {prod: one}, list: [p, q]}\nparams: {prod: {p: 7}, default: {d: 8, p: 0}}\n",
        )
    };
    assert_eq!(of("${opt:stage}"), "prod");
    assert_eq!(of("${sls:stage}-${aws:region}"), "prod-eu-west-1");
    assert_eq!(of("${aws:accountId}"), "123456789012");
    assert_eq!(of("${self:custom.a.${opt:stage, 'dev'}}"), "one");
    assert_eq!(of("${self:custom.list.1}"), "q");
    assert_eq!(of("${self:custom.b, self:custom.a.prod}"), "one");
    assert_eq!(of("${param:size}${param:p}${param:d}"), "978");
    assert_eq!(of("${env:HOME_TOWN}"), "Bonn");
    assert_eq!(of("${env:NONE, 'a, b}'}"), "a, b}");
    assert_eq!(of("${env:NONE, ${opt:none, 5}}"), "5");
    assert_eq!(of("${file(./a.yml):x.y.1}"), "shop");
    assert_eq!(of("${file(b.json):k}"), "true");
    assert_eq!(of("${file(c.txt)}"), "text");
    assert_eq!(of("${file(none.yml):k, 'fallback'}"), "fallback");
    assert_eq!(of("${strToBool(${env:NONE, '1'})}"), "true");
    assert_eq!(of("\"\\\\${self:service}\""), "${self:service}");
    assert_eq!(of("${self:provider.stage}/${self:provider.region}"), "prod/eu-west-1");
}

#[test]
fn what_has_no_value_is_an_error_at_its_own_column() {
    insta::assert_snapshot!(plain("a-${self:custom.none}-${env:NONE}", ""), @r"
    serverless.yml:7:16: `${self:custom.none}` has no value.
      Correct the path, or add a fallback: `${self:a.b, 'value'}`.
    serverless.yml:7:36: `${env:NONE}` has no value.
      Set the environment variable `NONE`, or add a fallback: `${env:NONE, 'value'}`.
    ");
    insta::assert_snapshot!(plain("b ${env:NONE}", ""), @r"
    serverless.yml:7:16: `${env:NONE}` has no value.
      Set the environment variable `NONE`, or add a fallback: `${env:NONE, 'value'}`.
    ");
    insta::assert_snapshot!(plain("${opt:stage}", ""), @r"
    serverless.yml:7:14: `${opt:stage}` has no value.
      Name it with `--stage`, or add a fallback: `${opt:stage, 'value'}`.
    ");
    insta::assert_snapshot!(plain("${param:key}", ""), @r"
    serverless.yml:7:14: `${param:key}` has no value.
      Deploy with `--param key=value`, or put it under `params`.
    ");
    insta::assert_snapshot!(plain("${file(x.yml):a}", ""), @r"
    serverless.yml:7:14: `${file(x.yml):a}` has no value.
      Put the file and the key there, or add a fallback.
    ");
    insta::assert_snapshot!(plain("x-${self:custom}", "custom: {a: 1}\n"), @r"
    serverless.yml:7:16: `${self:custom}` is an object, which can't be a part of a text.
      Refer to a text or a number, or use `Fn::Join`.
    ");
    insta::assert_snapshot!(plain("${opt:stage, dev}", ""), @r"
    serverless.yml:7:14: `${opt:stage, dev` begins a variable and does not end as one.
      A variable looks like `${opt:stage, 'dev'}`: a text as a fallback is in quotes.
    ");
}

#[test]
fn circles_are_reported_with_every_member() {
    insta::assert_snapshot!(plain("${self:custom.a}", "custom:\n  a: ${self:custom.b}\n  b: x${self:custom.a}\n"), @r"
    serverless.yml:9:6: The value needs itself: ${self:custom.b} -> x${self:custom.a} -> ${self:custom.b}.
      Write one of these values out.
    ");
    insta::assert_snapshot!(plain("x", "package: ${self:custom}\ncustom: {patterns: '${self:custom}'}\n"), @"serverless.yml:9:9: `package.patterns` must be a text; it is an object.");
}

#[test]
fn files_that_include_each_other_are_a_circle() {
    let files = vec![("a.yml", "x: ${file(b.yml):y}\n"), ("b.yml", "y: ${file(./a.yml):x}\n")];
    let outside = Outside { files, ..Outside::default() };
    insta::assert_snapshot!(value(&outside, "${file(a.yml):x}", ""), @r"
    a.yml:1:4: The value needs itself: ${file(b.yml):y} -> ${file(./a.yml):x} -> ${file(b.yml):y}.
      Write one of these values out.
    ");
    let broken = Outside { files: vec![("a.yml", "x: [1\n")], ..Outside::default() };
    insta::assert_snapshot!(value(&broken, "${file(a.yml):x}", ""), @r"
    a.yml:2:1: The file is not valid YAML: while parsing a flow sequence, expected ',' or ']'.
      Look at the indentation, quotes and colons of this line and the one before.
    ");
}

#[test]
fn files_are_shown_beside_the_service_file() {
    let surroundings = Surroundings {
        stage: None,
        region: None,
        parameters: BTreeMap::new(),
        options: BTreeMap::new(),
        account: None,
        runtime: None,
        environment: &|_| None,
        knows_dotenv: false,
        files: &|path| (path == "sub/a.yml").then(|| "3".to_owned()),
    };
    let text = "service: a\nprovider: {name: aws}\nfunctions: ${file(sub/a.yml)}\n";
    let errors = parse(&Source::new("shop/serverless.yml", text), &surroundings).unwrap_err();
    assert_eq!(errors[0].file, "shop/sub/a.yml");
}

#[test]
fn numbers_are_written_as_javascript_writes_them() {
    assert_eq!(plain("1.0", ""), "1");
    assert_eq!(plain("${self:custom.a}-${self:custom.b}", "custom: {a: 1.50, b: 2.0}\n"), "1.5-2");
    assert_eq!(plain("true", ""), "true");
}

#[test]
fn kinds_that_need_an_account_or_a_program_are_refused() {
    insta::assert_snapshot!(plain("${ssm:/a/b~true, 'x'}", ""), @r"
    serverless.yml:7:14: `${ssm:...}` reads the Parameter Store or the Secrets Manager of an account, which `workshop` does not do.
      Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    ");
    insta::assert_snapshot!(plain("${cf.eu-west-1:stack.Output}", ""), @r"
    serverless.yml:7:14: `${cf.eu-west-1:...}` reads an output of a CloudFormation stack, which `workshop` does not do.
      Write `${param:NAME}` and deploy with `--param NAME=value`, or `${env:NAME}` and set the environment variable.
    ");
    insta::assert_snapshot!(plain("${file(./a.js):b}", ""), @r"
    serverless.yml:7:14: `a.js` is a program: reading a service file runs none.
      Write its values into a .yml or .json file, or pass them with `--param` or as environment variables.
    ");
    insta::assert_snapshot!(plain("${file(/etc/a.yml):b}", ""), @r"
    serverless.yml:7:14: `/etc/a.yml` is not a path from the service file's folder.
      Put the file beside the service file and name it from there.
    ");
    insta::assert_snapshot!(plain("${sls:instanceId}", ""), @r"
    serverless.yml:7:14: `${sls:instanceId}` is another value in every run: two deployments would never be the same.
      Use `${param:NAME}` and `--param NAME=value`.
    ");
    insta::assert_snapshot!(plain("${aws:acount}", ""), @r"
    serverless.yml:7:14: There is no variable `${aws:acount}`.
      Did you mean `${aws:accountId}`? Known are sls:stage, aws:region, aws:accountId.
    ");
    insta::assert_snapshot!(plain("${slef:a}", ""), @r"
    serverless.yml:7:14: There is no kind of variable `slef`.
      Did you mean `${self:...}`? Known are aws, env, file, opt, param, self, sls, strToBool. For a literal `${...}`, write `\${...}`.
    ");
    insta::assert_snapshot!(plain("${strToBool(yes)}", ""), @r"
    serverless.yml:7:14: `strToBool` takes `true`, `false`, `1` or `0`; it is given `yes`.
      Correct the value.
    ");
    insta::assert_snapshot!(plain("${self:}", ""), @r"
    serverless.yml:7:14: `${self:}` is the whole file, which would be in itself.
      Name a part of it: `${self:custom.name}`.
    ");
}

#[test]
fn what_nobody_reads_needs_no_value() {
    assert_eq!(plain("x", "custom: {secret: '${ssm:/a}'}\n"), "x");
    assert_eq!(plain("x", "org: ${ssm:/a}\nresources: {Outputs: {A: {Value: '${cf:b.C}'}}}\n"), "x");
    let provider = "service: a\nprovider: {name: aws, deploymentBucket: {name: '${ssm:/a}'}}\n";
    assert!(Outside::default().parse(provider).is_ok());
}

#[test]
fn texts_that_repeat_each_other_end() {
    let mut custom = "custom:\n  a0: xxxxxxxxxx\n".to_owned();
    for level in 1..25 {
        let below = level - 1;
        let _ = writeln!(custom, "  a{level}: ${{self:custom.a{below}}}${{self:custom.a{below}}}");
    }
    let refused = plain("${self:custom.a24}", &custom);
    assert!(refused.contains("too"), "{refused}");
}

#[test]
fn objects_nest_no_deeper_than_the_stack() {
    let mut custom = "custom:\n  a0: x\n".to_owned();
    for level in 1..400 {
        let _ = writeln!(custom, "  a{level}: ${{self:custom.a{}}}", level - 1);
    }
    let refused = plain("${self:custom.a399}", &custom);
    assert!(refused.contains("More than 32 variables"), "{refused}");
}

#[test]
fn references_are_names_and_arns() {
    let rest = "  send-email_2: {handler: a.b, name: mail}\nstepFunctions:\n  stateMachines:\n    m: {definition: {StartAt: A}}\n    n: {id: Other, definition: {StartAt: A}}\n  activities: [work]\n";
    let of = |written: &str| plain(written, rest);
    assert_eq!(of("!Ref GoLambdaFunction"), "shop-dev-go");
    assert_eq!(of("!GetAtt GoLambdaFunction.Arn"), "arn:aws:lambda:us-east-1:123456789012:function:shop-dev-go");
    assert_eq!(
        of("{Fn::GetAtt: [SendDashemailUnderscore2LambdaFunction, Arn]}"),
        "arn:aws:lambda:us-east-1:123456789012:function:mail"
    );
    assert_eq!(of("!Ref MStepFunctionsStateMachine"), "arn:aws:states:us-east-1:123456789012:stateMachine:shop-dev-m");
    assert_eq!(of("!GetAtt Other.Name"), "shop-dev-n");
    assert_eq!(of("!Ref WorkStepFunctionsActivity"), "arn:aws:states:us-east-1:123456789012:activity:work");
    assert_eq!(
        of("!Sub '${AWS::Region}:${Other}:${Other.Name}:${!Literal}'"),
        "us-east-1:arn:aws:states:us-east-1:123456789012:stateMachine:shop-dev-n:shop-dev-n:${Literal}"
    );
    assert_eq!(of("!Sub ['${a}-${AWS::StackName}', {a: !Ref GoLambdaFunction}]"), "shop-dev-go-shop-dev");
    assert_eq!(of("!Join ['/', [a, !Ref AWS::Partition, 3]]"), "a/aws/3");
    assert_eq!(of("'#{Other.Name} #{nothing}'"), "shop-dev-n #{nothing}");
    assert_eq!(of("!Ref SendDashemailUnderscore2LogGroup"), "/aws/lambda/mail");
}

#[test]
fn references_to_nothing_are_refused_with_what_there_is() {
    insta::assert_snapshot!(plain("!Ref GoLamdaFunction", ""), @r"
    serverless.yml:7:14: Nothing that this service makes has the logical id `GoLamdaFunction`.
      Did you mean `GoLambdaFunction`? References can name what the service makes.
    ");
    insta::assert_snapshot!(plain("!GetAtt GoLambdaFunction.Version", ""), @r"
    serverless.yml:7:14: `GoLambdaFunction` has no attribute `Version` that a deployment knows.
      It has: Arn.
    ");
    insta::assert_snapshot!(plain("!Ref ServerlessDeploymentBucket", ""), @r"
    serverless.yml:7:14: Nothing that this service makes has the logical id `ServerlessDeploymentBucket`.
      A deployment by `workshop` has no bucket: take the reference out.
    ");
    insta::assert_snapshot!(plain("!ImportValue x", ""), @r"
    serverless.yml:7:14: `Fn::ImportValue` is a function of CloudFormation that `workshop` does not evaluate.
      Pass the value instead: `${param:NAME}` and `--param NAME=value`, or `${env:NAME}`.
    ");
    insta::assert_snapshot!(plain("{Fn::If: [a, b, c]}", ""), @r"
    serverless.yml:7:15: `Fn::If` is a function of CloudFormation that `workshop` does not evaluate.
      Choose with a variable instead: `${self:custom.sizes.${sls:stage}}`.
    ");
    insta::assert_snapshot!(plain("!Sub 'a ${b'", ""), @r"
    serverless.yml:7:22: `Fn::Sub` has a `${` without its `}`.
      Close it, or take it out.
    ");
    insta::assert_snapshot!(plain("!Sub '${AWS::Regoin}'", ""), @r"
    serverless.yml:7:14: `#{AWS::Regoin}` is no pseudo-parameter that a deployment has a value for.
      Did you mean `AWS::Region`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
    insta::assert_snapshot!(plain("[a]", ""), @"serverless.yml:7:14: `functions.go.environment.VALUE` must be a text; it is a list.");
    insta::assert_snapshot!(plain("'#{Nothing}'", "plugins: [serverless-pseudo-parameters]\n"), @r"
    serverless.yml:7:15: Nothing that this service makes has the logical id `Nothing`.
      References can name what the service makes: GoLambdaFunction, GoLogGroup, go.
    ");
}
