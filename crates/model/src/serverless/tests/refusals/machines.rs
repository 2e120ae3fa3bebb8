//! Keys of state machines.

use super::*;

#[test]
fn keys_of_state_machines() {
    insta::assert_snapshot!(machine("      events: [{http: {}}, {schedule: rate(1 day)}, {cloudwatchEvent: {}}, x]\n      retain: true\n      notifications: {}\n      alarms: {}\n      encryptionConfig: {}\n      kmsKeyArns: [x]\n      configureTaskTimeouts: true\n      type: EXPRES\n      role: MyRole\n      loggingConfig: {level: error}\n      tgas: {}\n"), @r"
    serverless.yml:7:17: `workshop` makes no event `http`: nothing would start the state machine.
      Start it from a function with an event `http`, as the lesson does, or with `workshop start`.
    serverless.yml:7:29: `workshop` makes no event `schedule`: nothing would start the state machine.
      Start it on time from outside: `workshop start` in a cron job, or let it wait in a `Wait` state.
    serverless.yml:7:54: `workshop` makes no event `cloudwatchEvent`: nothing would start the state machine.
      Start it from what sends the event.
    serverless.yml:7:76: `stepFunctions.stateMachines.m.events` must be a list of objects; it is a text.
    serverless.yml:8:7: `stepFunctions.stateMachines.m.retain` can't be honoured: `workshop remove` leaves nothing behind.
      Take it out, and keep the stage instead of removing it.
    serverless.yml:9:7: `stepFunctions.stateMachines.m.notifications` can't be honoured: `workshop` makes no rules of EventBridge.
      Send the message from a last state, or from a `Catch`.
    serverless.yml:10:7: `stepFunctions.stateMachines.m.alarms` can't be honoured: `workshop` makes no alarms of CloudWatch.
      Make them in AWS's console, and take it out.
    serverless.yml:11:7: `stepFunctions.stateMachines.m.encryptionConfig` can't be honoured: the definition and the executions are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:12:7: `stepFunctions.stateMachines.m.kmsKeyArns` can't be honoured: the definition and the executions are encrypted with AWS's key, not with this one.
      Take it out if that is enough.
    serverless.yml:13:7: `stepFunctions.stateMachines.m.configureTaskTimeouts` can't be honoured: it changes the definition.
      Write `TimeoutSeconds` into the tasks.
    serverless.yml:14:13: `type` can't be `EXPRES`.
      Did you mean `EXPRESS`? It is `STANDARD` or `EXPRESS`.
    serverless.yml:15:13: `stepFunctions.stateMachines.m.role` is no ARN of a role; `workshop` deploys no roles of `resources`.
      Write the ARN of a role that exists, or `iamRoleStatements` for a role of the function's own.
    serverless.yml:16:22: `stepFunctions.stateMachines.m.loggingConfig.destinations` is missing: the level error needs a log group.
      Add the ARN of a log group, which ends in `:*`.
    serverless.yml:16:30: `level` can't be `error`.
      Did you mean `ERROR`? It is `ALL`, `ERROR`, `FATAL` or `OFF`.
    serverless.yml:17:7: `workshop` knows no key `tgas` in `stepFunctions.stateMachines.m`.
      Did you mean `tags`? Otherwise take it out.
    ");
    insta::assert_snapshot!(machine("      dependsOn: x\n      useExactVersion: true\n      retain: \n      role: arn:aws:iam::123456789012:role/r\n      iamRoleStatements: []\n"), @r"
    note serverless.yml:7: `stepFunctions.stateMachines.m.dependsOn` has no effect: a deployment finds the order itself.
    note serverless.yml:8: `stepFunctions.stateMachines.m.useExactVersion` has no effect: deployments always name the functions' versions in the definition.
    note serverless.yml:11: `stepFunctions.stateMachines.m.iamRoleStatements` has no effect: the state machine has the role that `role` names.
    ");
    insta::assert_snapshot!(of("stepFunctions:\n  stateMachine: {}\n  stateMachines: {m: {}, n: {definition: [1]}, o: {definition: '{'}, p: {name: 'a b', definition: {StartAt: A}}}\n  activities: [a, a, 'b c']\n"), @r##"
    serverless.yml:4:3: `workshop` knows no key `stateMachine` in `stepFunctions`.
      Did you mean `stateMachines`? Otherwise take it out.
    serverless.yml:5:19: `stepFunctions.stateMachines.m.definition` is missing.
      Write it there, or name its file: `definition: ${file(machine.asl.json)}`.
    serverless.yml:5:42: `stepFunctions.stateMachines.n.definition` must be an object, or a text of JSON; it is a list.
    serverless.yml:5:66: The definition is not valid JSON: expected a name in double quotes.
      The text ends too early: close what is open.
    serverless.yml:5:80: `a b` can't be a state machine's name: Step Functions takes 1 to 80 characters without spaces and `<>{}[]?*"#%\^|~`$&,;:/`; it has 3 characters.
      Give it another `name`.
    serverless.yml:6:19: The activity `a` is declared twice, first at serverless.yml:6.
      Delete one of them.
    serverless.yml:6:22: `b c` can't be an activity's name: Step Functions takes 1 to 80 characters without spaces and `<>{}[]?*"#%\^|~`$&,;:/`; it has 3 characters.
      Give it another name.
    "##);
    insta::assert_snapshot!(machine("      loggingConfig: {level: ALL}\n"), @r"
    serverless.yml:7:22: `stepFunctions.stateMachines.m.loggingConfig.destinations` is missing: the level ALL needs a log group.
      Add the ARN of a log group, which ends in `:*`.
    ");
    insta::assert_snapshot!(of("stepFunctions: {stateMachines: {m: {definition: {StartAt: !Ref Nothing, States: '#{Nope.Arn}', X: '${AWS::Regoin}'}}}}\n"), @r"
    serverless.yml:3:59: Nothing that this service makes has the logical id `Nothing`.
      References can name what the service makes: MStepFunctionsStateMachine.
    serverless.yml:3:82: Nothing that this service makes has the logical id `Nope`.
      References can name what the service makes: MStepFunctionsStateMachine.
    serverless.yml:3:100: `${AWS::Regoin}` is no pseudo-parameter that a deployment has a value for.
      Did you mean `AWS::Region`? Known are AWS::AccountId, AWS::Partition, AWS::Region, AWS::StackName, AWS::URLSuffix.
    ");
}

#[test]
fn activities_that_nothing_could_be_made_of() {
    insta::assert_snapshot!(of("stepFunctions: {activities: ['a!', {tags: {}}, {nmae: x, name: y}]}\n"), @r"
    serverless.yml:3:30: `a!` can't be an activity's name because of `!`: the tag that remembers it takes letters, digits and `_.+-=@`.
      Give it another name.
    serverless.yml:3:36: An activity of `stepFunctions.activities` has no `name`.
      Add it: `- name: approve`.
    serverless.yml:3:49: `workshop` knows no key `nmae` in `stepFunctions.activities`.
      Did you mean `name`? Otherwise take it out.
    ");
}
