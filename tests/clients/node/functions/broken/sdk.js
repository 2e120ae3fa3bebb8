require('@aws-sdk/client-not-here');
