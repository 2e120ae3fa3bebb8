import '@aws-sdk/client-not-here';
