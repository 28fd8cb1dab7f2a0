import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct `AWS credentials` {
    @Test func `keys come from the environment, the token only where there is one`() async throws {
        let permanent = EnvironmentCredentials(environment: [
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": " secret\n", "AWS_SESSION_TOKEN": "",
        ])
        #expect(
            try await permanent.credentials()
                == AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret"))
        let temporary = EnvironmentCredentials(environment: [
            "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
        ])
        #expect(try await temporary.credentials().sessionToken == "token")
    }

    @Test(arguments: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
    func `a variable that is absent or empty is named`(variable: String) async throws {
        for value in [nil, "", "  "] {
            var environment = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "secret"]
            environment[variable] = value
            let provider = EnvironmentCredentials(environment: environment)
            let error = await #expect(throws: AWSError.missingCredentials(variable: variable)) {
                try await provider.credentials()
            }
            #expect(error?.description.contains(variable) == true)
        }
    }

    @Test func `no way of printing keys shows the secret or the token`() {
        let credentials = AWSCredentials(
            accessKeyID: "AKIDEXAMPLE", secretAccessKey: "hunter2", sessionToken: "tok3n")
        var dumped = ""
        dump(credentials, to: &dumped)
        dump([credentials], to: &dumped)
        for text in ["\(credentials)", String(reflecting: credentials), "\([credentials])", dumped] {
            #expect(!text.contains("hunter2") && !text.contains("tok3n"))
            #expect(!text.contains("AKIDEXAMPLE"))
            #expect(text.contains("redacted"))
        }
    }
}
