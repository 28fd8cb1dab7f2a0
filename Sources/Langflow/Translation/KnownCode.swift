/// Digests of the code of Langflow's components, written by scripts/make-langflow-digests.
enum KnownCode {
    /// By type; see ``CodeDigest/digest(of:)``.
    static let digests: [String: Set<String>] = {
        var digests: [String: Set<String>] = [:]
        for line in table.split(separator: "\n") {
            guard let end = line.firstIndex(of: ":") else { continue }
            let values = line[line.index(after: end)...].split(separator: " ").map(String.init)
            digests[String(line[..<end]), default: []].formUnion(values)
        }
        return digests
    }()

    private static let table = """
        AIMLModel: 3e00e71cf9aa ba2c63338806 d46843165846 db72277a0d5a fa8ba2d43b19
        AIMLModelComponent: 3e00e71cf9aa ba2c63338806 d46843165846 db72277a0d5a fa8ba2d43b19
        Agent: 0ffa22b79f9c 108da32d83f1 14306d4a9373 1cf772561f48 28bef642c04a 3c0fdab9e061 3c6cca34da3d
        Agent: 40d1976f4718 72ff02a84bcb 7db77aa1eed6 9fcfe75813e7 b609bb446885 c0f5ee17a064 e3c6d36a2020
        Agent: fba2d73636e5
        AmazonBedrockConverseModel: 54c335f8699f 58fa3fe56b23
        AmazonBedrockModel: 6ae745fc2b21 7d992dc0c82a 922093a831b6 b9f5b57fd0b3
        AnthropicModel: 038d697c8200 1ce4fc712fff 232b7955670a 2afe4d60601e 5b45578caf59 6676164efe59
        AnthropicModel: 7c894c5a66ba
        AnthropicModelComponent: 038d697c8200 1ce4fc712fff 232b7955670a 2afe4d60601e 5b45578caf59
        AnthropicModelComponent: 6676164efe59 7c894c5a66ba
        AssemblyAITranscriber: 36bc77d040f0
        AzureOpenAIModel: 018b1ddf1c1c 28c5c0ddf7b6 2ba26202203e 38446d9c9ac3 8aab61141170 8e67280ad60f
        AzureOpenAIModel: cc8d003556d8
        BaiduQianfanChatModel: 0cdb13bd6245 9a0358d32bfc a5fdfdb5757f
        BatchRunComponent: 14406c29c609 1b10e577e096 2951de6b899d 299b4469032e 854054a58491 86f4b70ee039
        BatchRunComponent: 8b1ec3b03475 cfecd8e32b39 f20d52a329ad fbbd31aef9e9
        ChatInput: 192913db3453 45974e6b1909 767f446e9745 7a26c54d89ed ae1b774a1ad9 e461b9c0805e
        ChatInput: f701f686b325
        ChatLiteLLMModelComponent: 1b1e3fcd7bf3 3f46dfba9d4e 96838b44bec4 f181ae10fc61
        ChatOutput: 0aab1c78e1dc 309356f97967 5f38e229f534 6f74e04e39d5 84009527d08c 8c87e536cca4
        ChatOutput: 9647f4d2f4b4 af57c8e24ebb c312c84b1777 d58eca3d0f02
        CohereModel: 3524bbedc9cc 3e88a540841f 594852e1d706 c2f8d908602d f77bf1567ff3
        CombineText: 10ffb6543dd9 5fce270e162f 69ae60f1f529 6cc244d8ad0c b5a3cd5e3e0a
        CometAPIModel: 4ec4a8852e9c cf0df13e6097
        ConditionalRouter: 0723360fc97e 1d14fd882a0a 35f7b1bd08fa 4506a833d145 8275e2f4fb34 c3c9ba4a01b0
        ConditionalRouter: e92b1b243e5f
        CreateData: 10b0eae5a063 2b376c6152fd 3e313525090d 4e93500836df 5091f8c9fd47 f7830aaad21a
        CrewAIAgentComponent: 0029382f269c a23f0923049d e41fb7889d62 e76d6d03a990 f1178a31b72f
        CurrentDate: 40a4b801f533 4a93d7b489e6 8311e820e80c 8739f0b64a05 8da65543149e a396af1eda15
        CustomComponent: 8d35fd3bbcb8 c022627ade28 c7de10811d8c d50a68a6fa57 f2395a5203c3
        DataOperations: 1e5bfda1706b 3f0652c61376 4ad7dbc5a8b8 92f9d0b781ef 957fe86b2c4f a3c2022c1688
        DataOperations: d182f2272b7b f0187a55ec45 f5d9680f8644
        DeepSeekModelComponent: 3174aebb9fcd 3861b9aa022c 549a37b5f17c c8dac7a258d7 f2587bdfb773
        EmbeddingModel: 0780e9bbc5fa 408487f1431c 59c007553b38 8607e963fdef 9382e1eceb6c 93faf11517da
        EmbeddingModel: 965b8431bfd8 b021ff1e13a6 b5cf1a06bba8 c5ce0982da48 c5e0a4535a27
        EmbeddingModelComponent: 0780e9bbc5fa 408487f1431c 59c007553b38 8607e963fdef 9382e1eceb6c
        EmbeddingModelComponent: 93faf11517da b021ff1e13a6 b5cf1a06bba8 c5e0a4535a27
        FlowTool: 08fa06a29e9e 9348d79d19f4 c4fae9f99e11 c63bf7ca47c8 e655efd6a450 feba73abd106
        GoogleGenerativeAIModel: 049f38001189 85342d4a4d12 9259f67bf7e4 c21871b1a34d ebc60098fd08
        GoogleGenerativeAIModel: ecce531cfcd3 ffb6e75b6684
        GroqModel: 2aee7de6ee88 667efc645516 85f5fc86ec87 8a55d3fa8173 9edd3491786f eeb2336a8717
        HierarchicalCrewComponent: 144be482cfb0 393f5296d689 7e6e49d8630a 92d51d1059cf 9f2c4e99e4d9
        HierarchicalCrewComponent: f57bd699ff15
        HierarchicalTaskComponent: 2241f6078a39 25071652dc20 4b4e65acccbf 763996b81031
        HuggingFaceModel: 1c72e6d85906 79e383375b99 ba9d7c28859d
        HumanInput: 63cbbf99823f
        IBMwatsonxModel: 689a87ecc73a 769869108e5e 85c24939214c 8904c50709a5 b78f07eb21c3 c83f2203a6b1
        IBMwatsonxModel: e7d46a4de547
        LLMRouterComponent: 1580b44b295b 3780b6d63331 3906497df0d0
        LMStudioModel: 638885ec4acb 6f94ff3b389a c6e86067d300 da4b3b155dc4 f8a01187c21d
        LMStudioModelComponent: 638885ec4acb 6f94ff3b389a c6e86067d300 da4b3b155dc4 f8a01187c21d
        LambdaFilter: e80d2e829709
        LanguageModelComponent: 19782c73a500 1bfa98a19c39 1d46e80acad2 4942994b24a6 4af3c0cc0dcf
        LanguageModelComponent: 4c0db80cc017 5572546e82aa 694ffc4b17b8 6ac42a7167a4 bb5f8714781b
        LanguageModelComponent: c1f16fbd02f1 e9233312b063
        Listen: 7defeb5452a8 7f4e3f36b7e2 81bf601be7ce 93fc11377c96 b54f73c82d22
        LiteLLMProxyModel: 386ae52865b5 ee386e516eb4
        LoopComponent: 0b08e58a5c70 11c14777cd2e 17dbc66df007 2712a1de7210 5b234f78c942 e179036a232d
        LoopComponent: e516ea99611c f789817c7cd3
        MCPTools: 12e2b4704b27 3103e9600554 47f58b3d5b18 5cea317b23ca 61d92e5d1d83 984d87bdb1dc 990b6dfb6321
        MCPTools: 9c81bfe8e4e5 a3700ab467a1 d134bdfe1fc3
        MaritalkModelComponent: 25c5da31181e 36ff71ff50db 3c063e3f07f4 c3030543b333
        Memory: 2f81eb8e0e42 2fe993c5c09d 30a4b384b08c 460243b16a3a 5c54a8593d54 5ca89b168f3f 7608453efb4e
        Memory: 958533052d98 c1e8d1b5f1ea da2b618d0fd7 efd064ef48ff efd11fac2416
        MistralAIModelComponent: 01afc29dc1ad c375f6a6eb3e e21780948144 ed231aec1453 f0441fe1b5bb
        MistralModel: 01afc29dc1ad c375f6a6eb3e e21780948144 ed231aec1453 f0441fe1b5bb
        NVIDIAModelComponent: 49e60e24ef53 7fbca9a529c3 ab36b85bc31a afb41b503da4 d16d420f7270 eb2780def8a5
        NVIDIAModelComponent: fd6cae31c2a0
        Notify: 03d68ba28530 2addef7fec42 6f0339b24e12 9d445bfd8648 a22284d4b01e
        NovitaModel: 2142c4dd2b64 6fb30f05af54 a79b51c2622c
        NovitaModelComponent: 2142c4dd2b64 6fb30f05af54 a79b51c2622c
        OllamaModel: 03ca709b2b5f 0967ca47030c 0f49f2dd2972 12e5c1954fe1 29268101d832 2aa7e6ecf48c
        OllamaModel: 48a8d748c7e5 757efb8db284 cd3dc38272a7 cd55c7f51d1a f7c099f48228
        OpenAIModel: 0c1ad7bb053a 128d8ef661d4 704b8d6e6062 7e9adfda9417 8593bbf4fa92 a28a36f91c50
        OpenAIModel: c5ffc8cb66b9 cc1de24da62c e9cdb18479a4
        OpenAIModelComponent: 0c1ad7bb053a 128d8ef661d4 704b8d6e6062 7e9adfda9417 8593bbf4fa92 a28a36f91c50
        OpenAIModelComponent: c5ffc8cb66b9 cc1de24da62c e9cdb18479a4
        Pass: 04d3e1ed3390 1b8118aa8347 383befec8534 8326afba35fd d8cd5534d2f9
        PerplexityModel: b970844e376e d49e33429dd3 df738acfd582 e24baa0fe362
        PythonCodeStructuredTool: 36480d5f5322 3f913a303e47 526ff8912cdd 99f294af525b bd431a63f7d4
        PythonCodeStructuredTool: c5d58cc04c16
        PythonFunction: 14d92c70511a 55dc87cf0979 7da7d856a545 9834af1ca82c cf26ddf6ca27 d1fbbdc1ff53
        PythonREPLComponent: 15a3469ba7f6 80eeaf032b83 90f19e8d1353 9f0d32591626 baacb0cce5ff c707124d0b04
        PythonREPLComponent: d5130284a8c6 ea43aeeb8a56
        PythonREPLTool: 25f6cddb1435 564c1417f516 58a2f24d0e55 695ab612478d 8b2c39e9860e 8e9f47f2b23f
        PythonREPLTool: c187ba5b6724 cf983ba87e49 e5c7a6652f73
        RunFlow: 0ab9e9a36313 0c0d3c1be2d8 10a61e6b4879 1a300afce887 4b501cd3482d 9e5eefa14766 bae8b94a2ddd
        RunFlow: ea901208037d
        SambaNovaModel: 07f2a46cdf2f 9ba87ee0fece d6b19fafadf4 f12728900b8d
        SaveToFile: 06768dd5465c 075c3772b3de 437ba2250750 63f7a199dd6b 6d0e4842271e 6f244023207e
        SaveToFile: 6fb7a6da11ce 9fb8e92f7b34 c6c0bbb3a1f0 df2a0603fe8f e919fa367ee8 f8b6df3c93c0
        ScheduleTrigger: 1fe70b7bf60c
        SemanticMap: 9fe34c926467 ab1e08451407
        SequentialCrewComponent: 21481d8da0d1 3a4f5883fcb7 42e59f6d6572 4b69a20676e1 614c75cb340f
        SequentialCrewComponent: 8fc6f1e00606
        SequentialTaskAgentComponent: 0a5483ef82c3 0abf1f67933b 46e5483d26d0 8b5367ff000b dfe231f98660
        SequentialTaskComponent: 33e33fd0c845 528ba523943b b1f17b8fcc5c c1d3b1e87af3
        Smart Function: 27899c057165
        Smart Transform: 0a008c024916 0d3667d6d687 0e4809be4e0c 2925e2f08d5f 4fb127dc371c 7a06603c7d1f
        Smart Transform: e2c588ba9f54
        SmartRouter: 27437c3b6527 330246fff678 7abdc2a34004 7bdefeec6280 86404d4beb95 c07080af208a
        SmartRouter: de94f8c46838
        SplitText: 29ae597d2d86 34e4beffa205 3a5005b9e7e7 681ead78b172 78665a3fcdcc 859adebdf672
        SplitText: 8bf0c56a5e7e 9e0311c09f2f b9d63ae59e8a ce5db42de3b2 d0486780a15c dbf2e9d2319d
        SplitText: f2867efda61f
        StructuredOutput: 058ca1f51e9f 415f9be2e23f 5e53b2271ed6 6df6b4102fcf 7aba4a527c57 a5b1b04d9fcc
        StructuredOutput: a9be74fa006b ad2a6f4552c0 c87c265c9032 ce82f9d7948c f242b7d0ef51
        SubFlow: 01113cf87108 47dfefb61dcf 70db23b079a9 728eeefa35de 8ba6fbc5ca3a 9b2959e99faa a6e11099f6ed
        SubFlow: c5a83541e45a d8be98f9cd3b dca8fe79b963 e816fb412eba
        TextInput: 2811c0e0496f 3069274a0af9 3d80f125b734 3dd28ea591b9 518f16485886 5dcaf188a802
        TextInput: e5568807263b efdcba3771af
        TextOutput: 223fd793686e 2329aa44aa37 3ececc60ddaf 6aba888f4632 811bc4371be1 ad21418df214
        VertexAiModel: 1f99a5484be8 cdf2f3b90b49 d9f75281d3fa e3ef57cdbfdc
        XAIModelComponent: 580b9d8768e4 93e71e654cc2 aa9d78cc4c6d b5be913c5c68 ef0eb1cfadeb
        parser: 3a7765108a7f 7ab5fd0e0a10 cda7b997a730
        vLLMModel: ed6c1aa73200
        xAIModel: 580b9d8768e4 93e71e654cc2 aa9d78cc4c6d b5be913c5c68 ef0eb1cfadeb
        """
}
