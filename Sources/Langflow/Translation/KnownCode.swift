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
        ALTK Agent: 969aa9821b2a d1caf0d1db88 d46236e20859
        APIRequest: 04d62aab3a77 0a7cf1720854 18c234f5d4a4 20e5039f3829 2af407885294 4f329dec9a39
        APIRequest: 71438e194131 80a56d261133 8cfe47ab342b a648ad26f226 b8f0c354d742 f102aadfb328
        Agent: 0ffa22b79f9c 108da32d83f1 14306d4a9373 1cf772561f48 28bef642c04a 3c0fdab9e061 3c6cca34da3d
        Agent: 40d1976f4718 72ff02a84bcb 7db77aa1eed6 9fcfe75813e7 b609bb446885 c0f5ee17a064 e3c6d36a2020
        Agent: fba2d73636e5
        AgentComponent: 0ffa22b79f9c 14306d4a9373 1cf772561f48 28bef642c04a 3c0fdab9e061 3c6cca34da3d
        AgentComponent: 40d1976f4718 72ff02a84bcb 9fcfe75813e7 b609bb446885 c0f5ee17a064 e3c6d36a2020
        AgentComponent: fba2d73636e5
        AmazonBedrockConverseModel: 54c335f8699f 58fa3fe56b23
        AmazonBedrockModel: 6ae745fc2b21 7d992dc0c82a 922093a831b6 b9f5b57fd0b3
        AnthropicModel: 038d697c8200 1ce4fc712fff 232b7955670a 2afe4d60601e 5b45578caf59 6676164efe59
        AnthropicModel: 7c894c5a66ba
        AnthropicModelComponent: 038d697c8200 1ce4fc712fff 232b7955670a 2afe4d60601e 5b45578caf59
        AnthropicModelComponent: 6676164efe59 7c894c5a66ba
        ArXivComponent: 027a95ff9cef 0ed963027e25 13e206e3cc3a 219239ee2b48 2d892beaf98b 9475ee946974
        ArXivComponent: b61405ff011f dc15fd8fd856
        AssemblyAITranscriber: 36bc77d040f0
        AzureOpenAIModel: 018b1ddf1c1c 28c5c0ddf7b6 2ba26202203e 38446d9c9ac3 8aab61141170 8e67280ad60f
        AzureOpenAIModel: cc8d003556d8
        BaiduQianfanChatModel: 0cdb13bd6245 9a0358d32bfc a5fdfdb5757f
        BatchRunComponent: 14406c29c609 1b10e577e096 2951de6b899d 299b4469032e 854054a58491 86f4b70ee039
        BatchRunComponent: 8b1ec3b03475 cfecd8e32b39 f20d52a329ad fbbd31aef9e9
        BingSearchAPI: 21008f6682b9 45e18eb2d70c 84334607b325 be9e82e33f1f ed9c028290fc
        CSVtoData: 049e2eeb6901 1485d7d52151 14bf7d815caa 36c35ef2b65d 45020821974c 64ef14f7c1cd
        CSVtoData: 85c7d6df7473 a6544e4bec14 e307b1d50e82
        CalculatorComponent: 3139fe9e04a5 37caa1aba62c 5fcfa26be77d 6bc31e99bfd2 acbe2603b034 d0b2936e74fa
        CalculatorTool: 30008a17eb27 7246b84c5ee9 7390a0ddc9fb bb0de8a1d7ef ec99f5490bc6 eedd7fdbf06a
        CalculatorTool: f48089254b48
        CharacterTextSplitter: 995b35c5296c a8e67e7df294 b0960db05e9f da309893d64e e33e645bdb04 ea7c81772b05
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
        DataFrameOperations: 096ff5a5aeb8 3a3aca2d9d1f 4df73846bdd3 904f4eaebccd 975216446d69 b4d6b19b6eef
        DataFrameOperations: ba632d462fa8
        DataOperations: 1e5bfda1706b 3f0652c61376 4ad7dbc5a8b8 92f9d0b781ef 957fe86b2c4f a3c2022c1688
        DataOperations: d182f2272b7b f0187a55ec45 f5d9680f8644
        DataToDataFrame: 57b9f79028e9 5980400af2b6 91d07931bced edcdf6feefd2 ff874025e303
        DeepSeekModelComponent: 3174aebb9fcd 3861b9aa022c 549a37b5f17c c8dac7a258d7 f2587bdfb773
        Directory: 328e6f996926 32a494caae5c 8aa20dc71cb9 c55e0e29079d d60e969a589c d9656c9cb350
        Directory: e05a90393ad4 e55f06936abf f34e352b2cbe
        DuckDuckGoSearch: fabe0a7d73ee
        DuckDuckGoSearchComponent: 2b8d1e2e8317 2e522a5a4389 401aca9ae21f 4ce9049f87cf fabe0a7d73ee
        DynamicCreateData: 0457c4acdf45 8af479187c18
        EmbeddingModel: 0780e9bbc5fa 408487f1431c 59c007553b38 8607e963fdef 9382e1eceb6c 93faf11517da
        EmbeddingModel: 965b8431bfd8 b021ff1e13a6 b5cf1a06bba8 c5ce0982da48 c5e0a4535a27
        EmbeddingModelComponent: 0780e9bbc5fa 408487f1431c 59c007553b38 8607e963fdef 9382e1eceb6c
        EmbeddingModelComponent: 93faf11517da b021ff1e13a6 b5cf1a06bba8 c5e0a4535a27
        ExaSearch: 26039e2a8b78 44a500c33dbe fe8b8d7b9ded
        ExtractaKey: 252a519f9260 6f51e6ab2d71 79211a2546bb 8b6088727e4e eded3f4e1533
        File: 12a5841f1a03 196bbc1a65f8 4ddcc3fead84 85abc1094130 9be929c6ceba 9cad30eb26b9 afa14411e1bf
        File: c20646f04f8e d3bccfb29eff e3cadc730e73 e7ad67208f44
        FileComponent: 12a5841f1a03 196bbc1a65f8 4ddcc3fead84 85abc1094130 9be929c6ceba 9cad30eb26b9
        FileComponent: afa14411e1bf c20646f04f8e d3bccfb29eff e3cadc730e73 e7ad67208f44
        FilterData: 04c50937216d 06c76237d725 27c41f0a68a2 5f364efb79fc c57f21409ff8
        FilterDataValues: 03e628ac1e82 274c9e3a6e7e 847522549c67 a8b8097f2ba5 acd502f18816 c8f59c999600
        FilterDataValues: f66d1c582d36
        FlowTool: 08fa06a29e9e 9348d79d19f4 c4fae9f99e11 c63bf7ca47c8 e655efd6a450 feba73abd106
        GleanAPI: 60ae0170af49 d1f087759dda
        GleanSearchAPIComponent: 25613a76fe6f 2bcc101ea45a 469618609b03 493ca281d420 4fc4af9c0202
        GleanSearchAPIComponent: 60ae0170af49 d1f087759dda e23ec66720a9
        GoogleGenerativeAIModel: 049f38001189 85342d4a4d12 9259f67bf7e4 c21871b1a34d ebc60098fd08
        GoogleGenerativeAIModel: ecce531cfcd3 ffb6e75b6684
        GoogleSearchAPI: 03e22530318c 2ef6e58cce71 5f47bcd2163c b41c9c618504
        GoogleSearchAPICore: 179f6967814e 853c193aa41c fb91c9648dfa
        GoogleSerperAPI: 1a164fb7ef51 1e549f2c5530 cef8226bc850 dd4160472703 f51b15d26440
        GoogleSerperAPICore: 00c5c9dac2ab 1e21ffda2476 527183dcb201
        GroqModel: 2aee7de6ee88 667efc645516 85f5fc86ec87 8a55d3fa8173 9edd3491786f eeb2336a8717
        GuardrailValidator: 283d1e37642f 668e50408a04 70918cbb8522 8c5252dd5341 f0f2a98b2848
        GuardrailValidatorV2: 1442b70e8eaa
        HierarchicalCrewComponent: 144be482cfb0 393f5296d689 7e6e49d8630a 92d51d1059cf 9f2c4e99e4d9
        HierarchicalCrewComponent: f57bd699ff15
        HierarchicalTaskComponent: 2241f6078a39 25071652dc20 4b4e65acccbf 763996b81031
        HuggingFaceModel: 1c72e6d85906 79e383375b99 ba9d7c28859d
        HumanInput: 63cbbf99823f
        IBMwatsonxModel: 689a87ecc73a 769869108e5e 85c24939214c 8904c50709a5 b78f07eb21c3 c83f2203a6b1
        IBMwatsonxModel: e7d46a4de547
        InboundWebhookTrigger: 11804740f56b
        JSONtoData: 0d9d78d496a2 0ee0e2388938 14908aa2d18d 8915a291211f a7a30fc94803 aca766dbe4aa
        JSONtoData: b8ddf2c951e8 c5afc275ae02 e8d050bde0d0
        Knowledge: 0815a025adeb 7b9eca7beff8 a0825fa78c40 ee4404b67fa3
        KnowledgeBase: 673e3087b073 8b5ca1f38f6e ffe12d6bb75f
        KnowledgeIngestion: 097dea15b3b8 52a451e4f053 75a6e1a45797 849094667f6f d6904604cfc8 f74dd1ddff98
        KnowledgeRetrieval: 1a95fca184de af0a162c3f80 bf96902ddcc7
        LLMRouterComponent: 1580b44b295b 3780b6d63331 3906497df0d0
        LMStudioModel: 638885ec4acb 6f94ff3b389a c6e86067d300 da4b3b155dc4 f8a01187c21d
        LMStudioModelComponent: 638885ec4acb 6f94ff3b389a c6e86067d300 da4b3b155dc4 f8a01187c21d
        LambdaFilter: e80d2e829709
        LanguageModelComponent: 19782c73a500 1bfa98a19c39 1d46e80acad2 4942994b24a6 4af3c0cc0dcf
        LanguageModelComponent: 4c0db80cc017 5572546e82aa 694ffc4b17b8 6ac42a7167a4 bb5f8714781b
        LanguageModelComponent: c1f16fbd02f1 e9233312b063
        LanguageRecursiveTextSplitter: 066f61d92b32 207a88b20a7e 40345c709a88 723e1b5cfc0c c18e717d7e93
        LanguageRecursiveTextSplitter: ee28cc4c2001
        Listen: 7defeb5452a8 7f4e3f36b7e2 81bf601be7ce 93fc11377c96 b54f73c82d22
        LiteLLMProxyModel: 386ae52865b5 ee386e516eb4
        LoopComponent: 0b08e58a5c70 11c14777cd2e 17dbc66df007 2712a1de7210 5b234f78c942 e179036a232d
        LoopComponent: e516ea99611c f789817c7cd3
        MCPSse: 95788a5af8a0 97cd742a8c56 adf865a8631f d20ae56cff9f fbc0632349cf
        MCPStdio: 08b713aec5e1 1781a5a903e8 1b84e30b652f 454e49ff4e39 558190f2a3c8 9e82edbf1a8a a185e946ee8f
        MCPTools: 12e2b4704b27 3103e9600554 47f58b3d5b18 5cea317b23ca 61d92e5d1d83 984d87bdb1dc 990b6dfb6321
        MCPTools: 9c81bfe8e4e5 a3700ab467a1 d134bdfe1fc3
        MaritalkModelComponent: 25c5da31181e 36ff71ff50db 3c063e3f07f4 c3030543b333
        Memory: 2f81eb8e0e42 2fe993c5c09d 30a4b384b08c 460243b16a3a 5c54a8593d54 5ca89b168f3f 7608453efb4e
        Memory: 958533052d98 c1e8d1b5f1ea da2b618d0fd7 efd064ef48ff efd11fac2416
        MemoryBase: 0871b1fe79e7 c9fde7472919 fddf83963c66
        MergeDataComponent: 03d2134d37f9 3d8c0fa8f47c 584d7707c6cf 58b2f635d1c6 997403676ac3 a2ecb813aac5
        MergeDataComponent: ab3242a26a96 b61ce3e5a584 b90fea778162 e54976bcc0ee f44320da19e3
        MessagetoData: 44cbcdb94e88 4930bcf48a1b 4def9d1daf93 cc86df1d6415 d0af1222aeaf
        MistralAIModelComponent: 01afc29dc1ad c375f6a6eb3e e21780948144 ed231aec1453 f0441fe1b5bb
        MistralModel: 01afc29dc1ad c375f6a6eb3e e21780948144 ed231aec1453 f0441fe1b5bb
        NVIDIAModelComponent: 49e60e24ef53 7fbca9a529c3 ab36b85bc31a afb41b503da4 d16d420f7270 eb2780def8a5
        NVIDIAModelComponent: fd6cae31c2a0
        NaturalLanguageTextSplitter: 1036decc796a 6483da1155b8 681e61b2074b aed1e0bb411e dd1ffd324519
        NewsSearch: 3e9ba14931ff acdef6d4ecde b8cb11f78518 d0cca767aa5c
        Notify: 03d68ba28530 2addef7fec42 6f0339b24e12 9d445bfd8648 a22284d4b01e
        NovitaModel: 2142c4dd2b64 6fb30f05af54 a79b51c2622c
        NovitaModelComponent: 2142c4dd2b64 6fb30f05af54 a79b51c2622c
        OllamaModel: 03ca709b2b5f 0967ca47030c 0f49f2dd2972 12e5c1954fe1 29268101d832 2aa7e6ecf48c
        OllamaModel: 48a8d748c7e5 757efb8db284 cd3dc38272a7 cd55c7f51d1a f7c099f48228
        OpenAIModel: 0c1ad7bb053a 128d8ef661d4 704b8d6e6062 7e9adfda9417 8593bbf4fa92 a28a36f91c50
        OpenAIModel: c5ffc8cb66b9 cc1de24da62c e9cdb18479a4
        OpenAIModelComponent: 0c1ad7bb053a 128d8ef661d4 704b8d6e6062 7e9adfda9417 8593bbf4fa92 a28a36f91c50
        OpenAIModelComponent: c5ffc8cb66b9 cc1de24da62c e9cdb18479a4
        OpenAIToolsAgent: 16c817a84728 21bfd16796e5 6ccdee3579d4 8652124a0fa8 93180b4d803c 94a91980fafb
        OpenAIToolsAgent: b2ad248a3e6c
        Operations: 4c2a33c778d3 6164f967d510 9e0cd6844b0d
        ParseData: 21413bf76850 3fac44a9bb37 5db467a6245c 6d362292b68a 73e818f86943 c84ed561c458
        ParseData: dbe2c66f1728 f130379344bb
        ParseDataFrame: 1bfbdec19f97 30b0db87433a 65190fa2fc82 6551d7c0c2e5 9d4b05cf1564 af6b7e66d77e
        ParserComponent: 0e27ce96533a 3cda25c3f7b5 556209520650 7ab5fd0e0a10 bf19ee6feee3 cda7b997a730
        Pass: 04d3e1ed3390 1b8118aa8347 383befec8534 8326afba35fd d8cd5534d2f9
        PerplexityModel: b970844e376e d49e33429dd3 df738acfd582 e24baa0fe362
        Prompt: 3bf0b511e227 3d3fd7b8a36f af5bb1847fee e3714ffe5d15 f97d579a3c41
        Prompt Template: 3d3fd7b8a36f 5b3e6730923e 7382d03ce412 c478a572ccd3 e3714ffe5d15
        PromptComponent: 3d3fd7b8a36f 5b3e6730923e 7382d03ce412 af5bb1847fee c478a572ccd3 e3714ffe5d15
        PromptComponent: f97d579a3c41
        PythonCodeStructuredTool: 36480d5f5322 3f913a303e47 526ff8912cdd 99f294af525b bd431a63f7d4
        PythonCodeStructuredTool: c5d58cc04c16
        PythonFunction: 14d92c70511a 55dc87cf0979 7da7d856a545 9834af1ca82c cf26ddf6ca27 d1fbbdc1ff53
        PythonREPLComponent: 15a3469ba7f6 80eeaf032b83 90f19e8d1353 9f0d32591626 baacb0cce5ff c707124d0b04
        PythonREPLComponent: d5130284a8c6 ea43aeeb8a56
        PythonREPLTool: 25f6cddb1435 564c1417f516 58a2f24d0e55 695ab612478d 8b2c39e9860e 8e9f47f2b23f
        PythonREPLTool: c187ba5b6724 cf983ba87e49 e5c7a6652f73
        RSSReaderSimple: 07f0d9bcf767 27df3344d19b 6eb8fb48c9b5 a649b7380ae0 beb307bfbc91
        RecursiveCharacterTextSplitter: 1cad6dd9957a 54b50b43c9b4 79c257d5d220 9ed58a212804
        RunFlow: 0ab9e9a36313 0c0d3c1be2d8 10a61e6b4879 1a300afce887 4b501cd3482d 9e5eefa14766 bae8b94a2ddd
        RunFlow: ea901208037d
        SQLComponent: 67a0299107f2 a8dd79af50b8 adf2178f8fb0 b0dd6558ceb9 c304583d65f2 f26e89c1d1ca
        SQLExecutor: 0b682f134b38 0c3ca53abd4a
        SambaNovaModel: 07f2a46cdf2f 9ba87ee0fece d6b19fafadf4 f12728900b8d
        SaveToFile: 06768dd5465c 075c3772b3de 437ba2250750 63f7a199dd6b 6d0e4842271e 6f244023207e
        SaveToFile: 6fb7a6da11ce 9fb8e92f7b34 c6c0bbb3a1f0 df2a0603fe8f e919fa367ee8 f8b6df3c93c0
        SaveToFileComponent: 06768dd5465c 075c3772b3de 437ba2250750 63f7a199dd6b 6d0e4842271e 6f244023207e
        SaveToFileComponent: 6fb7a6da11ce 9fb8e92f7b34 c6c0bbb3a1f0 df2a0603fe8f e919fa367ee8
        ScheduleTrigger: 1fe70b7bf60c
        SearXNGTool: 154e292dad2b 2fdb49e65bb8 83093926181a 875c59061d4a c2ae073e01d1 f6d7b669bd5e
        SearchAPI: 4a9c8b914b68 6d24b45fdc14 6d59a95b738c 7906f68840d6 a491448926fa
        SearchComponent: 0d8f7a62f207 625d1f5b3290 727befdc79e7 766aee1dff00 aa0a1a3c02a5
        SemanticMap: 9fe34c926467 ab1e08451407
        SemanticTextSplitter: 5d61a0c12bbb 6a359b5a93b7 8a7e7a5a39ed 95186292ce3b aa86fcbc8f26 e9178757dea0
        SequentialCrewComponent: 21481d8da0d1 3a4f5883fcb7 42e59f6d6572 4b69a20676e1 614c75cb340f
        SequentialCrewComponent: 8fc6f1e00606
        SequentialTaskAgentComponent: 0a5483ef82c3 0abf1f67933b 46e5483d26d0 8b5367ff000b dfe231f98660
        SequentialTaskComponent: 33e33fd0c845 528ba523943b b1f17b8fcc5c c1d3b1e87af3
        Serp: 046262ff1f0a 85a6736d5bb3 d18bd9bd2ff6 dcc2ecb44ff6
        SerpAPI: 4c17d64601aa 882d7b35a9d7 98e7102c5b0a be0cba195b74 c4bfd41ad690
        Smart Function: 27899c057165
        Smart Transform: 0a008c024916 0d3667d6d687 0e4809be4e0c 2925e2f08d5f 4fb127dc371c 7a06603c7d1f
        Smart Transform: e2c588ba9f54
        SmartRouter: 27437c3b6527 330246fff678 7abdc2a34004 7bdefeec6280 86404d4beb95 c07080af208a
        SmartRouter: de94f8c46838
        SplitText: 29ae597d2d86 34e4beffa205 3a5005b9e7e7 681ead78b172 78665a3fcdcc 859adebdf672
        SplitText: 8bf0c56a5e7e 9e0311c09f2f b9d63ae59e8a ce5db42de3b2 d0486780a15c dbf2e9d2319d
        SplitText: f2867efda61f
        StoreMessage: 227349aec3f0 54c20389b297 67df489e2179 7c633ea3a38f 80d6edc0c82d 93f17a162c95
        StoreMessage: 9ad1aa08b597 a8fc32273816 b80649e8235d e49d3426a492 eed711a78c67 fd756f2fbdd2
        StoreMessage: fe5a34b93314
        StructuredOutput: 058ca1f51e9f 415f9be2e23f 5e53b2271ed6 6df6b4102fcf 7aba4a527c57 a5b1b04d9fcc
        StructuredOutput: a9be74fa006b ad2a6f4552c0 c87c265c9032 ce82f9d7948c f242b7d0ef51
        StructuredOutputComponent: 058ca1f51e9f 5e53b2271ed6 6df6b4102fcf 7aba4a527c57 93976f302ca3
        StructuredOutputComponent: a5b1b04d9fcc a9be74fa006b ad2a6f4552c0 c87c265c9032 ce82f9d7948c
        StructuredOutputComponent: f242b7d0ef51
        SubFlow: 01113cf87108 47dfefb61dcf 70db23b079a9 728eeefa35de 8ba6fbc5ca3a 9b2959e99faa a6e11099f6ed
        SubFlow: c5a83541e45a d8be98f9cd3b dca8fe79b963 e816fb412eba
        TavilyAISearch: 06803daca3a1 1ae4e424a861 5e017bc777a3 70b5611e8fd6 adba0dd257a3 d4f7d32200b8
        TavilySearchComponent: 129b7b00c3fc 5638a305a99c 6843645056d9 8b07f9fb0d6d a03a1b945408 e602eaec8316
        TextInput: 2811c0e0496f 3069274a0af9 3d80f125b734 3dd28ea591b9 518f16485886 5dcaf188a802
        TextInput: e5568807263b efdcba3771af
        TextOperations: 008b8a7b612e 2c2991ef0a37 71eaf7b885df 8a9685329176
        TextOutput: 223fd793686e 2329aa44aa37 3ececc60ddaf 6aba888f4632 811bc4371be1 ad21418df214
        ToolCallingAgent: 0b17342ff4a4 20310d90938c 33d9d976d113 5afbd30b7d58 5fbfdf68cae6 66d6a728a58d
        ToolCallingAgent: b7d591d1f53d cdeb13ac7430 e2c0e446ac28 e6bc0ba930a6
        TypeConverterComponent: 38e56a852063 60cbfe96d7eb 6ce26e994c2d aac23b807182 be7797f8df1c
        URL: 1c76af417957 52b5bd602242 5647695028eb 5c5f9c354cd4 c6fb8a057cce
        URLComponent: 47d3ccb92d71 4a950f09dc59 52b5bd602242 5647695028eb 7c2b0b18854e a6429c7f9670
        URLComponent: a81817a7f244 a9b8c4bfb97c c6fb8a057cce cdb7d379306e df21893ab8a9 dfd5c3996565
        URLComponent: f773f55e3820
        UnifiedWebSearch: 1c34727b3206 50118f561e32 523dd690abca cbeeaef8889a e3c482a7ed88
        VertexAiModel: 1f99a5484be8 cdf2f3b90b49 d9f75281d3fa e3ef57cdbfdc
        WebSearchNoAPI: b437589fea59
        Webhook: 31d7f7b8243a 463285b180b9 8b68dd5d22d4 a4245078ca82 b605e39e2d74 bc87c93a56d1 e99e2452d56e
        Webhook: eb561ef21f3d
        WebhookComponent: 31d7f7b8243a 463285b180b9 8b68dd5d22d4 a4245078ca82 b605e39e2d74 bc87c93a56d1
        WebhookComponent: e99e2452d56e eb561ef21f3d
        WikidataAPI: 15ee0c41e919 1ad8d94f34c7 4752066f8971
        WikidataComponent: 34184c5180cd 59df9d399440 5f6398d72116 7c520363268a
        WikipediaAPI: 541f031dd5b0 b15809bf1b79 d7ae953444c9 f1caa1bc1f57
        WikipediaComponent: 1bcebee851c3 95e9dbd88e4d a6164d8dd4a6 cc13e26c79c4 e1b58c8ac595
        XAIModelComponent: 580b9d8768e4 93e71e654cc2 aa9d78cc4c6d b5be913c5c68 ef0eb1cfadeb
        XMLAgent: 17a0cb4c48a8 21307f4ef446 338332984901 4b7d61397a84 8906e2818133 d76ad1326eef
        parser: 3a7765108a7f 7ab5fd0e0a10 cda7b997a730
        url_content_fetcher: 2fffae1040cb
        vLLMModel: ed6c1aa73200
        xAIModel: 580b9d8768e4 93e71e654cc2 aa9d78cc4c6d b5be913c5c68 ef0eb1cfadeb
        """
}
