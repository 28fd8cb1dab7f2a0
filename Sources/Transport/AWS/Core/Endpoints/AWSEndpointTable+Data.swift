/// Written by `scripts/make-aws-endpoints` from botocore==1.43.11, which says what the lines mean.
extension AWSEndpointTable {
    static let text = #"""
        partition aws ^(us|eu|ap|sa|ca|me|af|il|mx)\-\w+\-\d+$ amazonaws.com api.aws us-east-1 af-south-1,ap-east-1,ap-east-2,ap-northeast-1,ap-northeast-2,ap-northeast-3,ap-south-1,ap-south-2,ap-southeast-1,ap-southeast-2,ap-southeast-3,ap-southeast-4,ap-southeast-5,ap-southeast-6,ap-southeast-7,ca-central-1,ca-west-1,eu-central-1,eu-central-2,eu-north-1,eu-south-1,eu-south-2,eu-west-1,eu-west-2,eu-west-3,il-central-1,me-central-1,me-south-1,mx-central-1,sa-east-1,us-east-1,us-east-2,us-west-1,us-west-2
        partition aws-cn ^cn\-\w+\-\d+$ amazonaws.com.cn api.amazonwebservices.com.cn cn-northwest-1 cn-north-1,cn-northwest-1
        partition aws-eusc ^eusc\-(de)\-\w+\-\d+$ amazonaws.eu api.amazonwebservices.eu eusc-de-east-1 eusc-de-east-1
        partition aws-iso ^us\-iso\-\w+\-\d+$ c2s.ic.gov api.aws.ic.gov us-iso-east-1 us-iso-east-1,us-iso-west-1
        partition aws-iso-b ^us\-isob\-\w+\-\d+$ sc2s.sgov.gov api.aws.scloud us-isob-east-1 us-isob-east-1,us-isob-west-1
        partition aws-iso-e ^eu\-isoe\-\w+\-\d+$ cloud.adc-e.uk api.cloud-aws.adc-e.uk eu-isoe-west-1 eu-isoe-west-1
        partition aws-iso-f ^us\-isof\-\w+\-\d+$ csp.hci.ic.gov api.aws.hci.ic.gov us-isof-south-1 us-isof-east-1,us-isof-south-1
        partition aws-us-gov ^us\-gov\-\w+\-\d+$ amazonaws.com api.aws us-gov-west-1 us-gov-east-1,us-gov-west-1
        prefix access-analyzer
        fips aws-us-gov * https://access-analyzer.{r}.{s}
        prefix account
        plain aws us-east-1 https://account.{r}.{s}
        plain aws-cn cn-northwest-1 https://account.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://account.{r}.{s}
        plain aws-iso us-iso-east-1 https://account.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://account.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://account.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://account.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://account.{r}.{s}
        plain aws * https://account.us-east-1.{s} us-east-1
        plain aws-cn * https://account.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://account.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://account.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://account.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://account.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://account.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://account.us-gov-west-1.{s} us-gov-west-1
        dual aws us-east-1 https://account.{r}.{d}
        dual aws-cn cn-northwest-1 https://account.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://account.{r}.{d}
        dual aws-iso us-iso-east-1 https://account.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://account.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://account.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://account.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://account.{r}.{d}
        dual aws * https://account.us-east-1.{d} us-east-1
        dual aws-cn * https://account.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://account.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://account.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://account.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://account.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://account.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://account.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://account-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://account-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://account-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://account-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://account-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://account-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://account-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://account-fips.{r}.{s}
        fips aws * https://account-fips.us-east-1.{s} us-east-1
        fips aws-cn * https://account-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://account-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://account-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://account-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://account-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://account-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://account-fips.us-gov-west-1.{s} us-gov-west-1
        both aws us-east-1 https://account-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://account-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://account-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://account-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://account-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://account-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://account-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://account-fips.{r}.{d}
        both aws * https://account-fips.us-east-1.{d} us-east-1
        both aws-cn * https://account-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://account-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://account-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://account-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://account-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://account-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://account-fips.us-gov-west-1.{d} us-gov-west-1
        prefix acm
        fips aws-us-gov * https://acm.{r}.{s}
        prefix acm-pca
        fips aws-us-gov * https://acm-pca.{r}.{s}
        prefix aidevops
        plain * * https://aidevops.{r}.{d}
        fips * * https://aidevops-fips.{r}.{d}
        prefix airflow-serverless
        plain * * https://airflow-serverless.{r}.{d}
        fips * * https://airflow-serverless-fips.{r}.{d}
        prefix api.detective
        dual aws,aws-us-gov * https://detective.{r}.{d}
        both aws,aws-us-gov * https://detective-fips.{r}.{d}
        prefix api.ecr
        dual * * https://ecr.{r}.{d}
        both * * https://ecr-fips.{r}.{d}
        prefix api.ecr-public
        dual aws * https://ecr-public.{r}.{d}
        prefix api.iotmanagedintegrations
        plain * * https://api.iotmanagedintegrations.{r}.{d}
        fips * * https://api.iotmanagedintegrations-fips.{r}.{d}
        prefix api.mediatailor
        dual aws * https://mediatailor.{r}.{d}
        prefix api.sagemaker
        fips aws,aws-us-gov * https://api-fips.sagemaker.{r}.{s}
        prefix api.tunneling.iot
        dual aws,aws-cn,aws-us-gov * https://api.iot-tunneling.{r}.{d}
        both aws,aws-cn,aws-us-gov * https://api.iot-tunneling-fips.{r}.{d}
        prefix appconfig
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://appconfig.{r}.{s}
        prefix appconfigdata
        fips aws-us-gov * https://appconfigdata.{r}.{s}
        prefix application-autoscaling
        fips aws-us-gov * https://application-autoscaling.{r}.{s}
        prefix application-signals
        plain * * https://application-signals.{r}.{d}
        fips * * https://application-signals-fips.{r}.{d}
        prefix arc-region-switch
        plain * * https://arc-region-switch.{r}.{d}
        fips * * https://arc-region-switch-fips.{r}.{d}
        prefix artifact
        plain aws us-east-1 https://artifact.{r}.{s}
        plain aws-cn cn-northwest-1 https://artifact.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://artifact.{r}.{s}
        plain aws-iso us-iso-east-1 https://artifact.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://artifact.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://artifact.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://artifact.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://artifact.{r}.{s}
        plain aws * https://artifact.us-east-1.{s} us-east-1
        plain aws-cn * https://artifact.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://artifact.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://artifact.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://artifact.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://artifact.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://artifact.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://artifact.us-gov-west-1.{s} us-gov-west-1
        dual aws us-east-1 https://artifact.{r}.{d}
        dual aws-cn cn-northwest-1 https://artifact.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://artifact.{r}.{d}
        dual aws-iso us-iso-east-1 https://artifact.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://artifact.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://artifact.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://artifact.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://artifact.{r}.{d}
        dual aws * https://artifact.us-east-1.{d} us-east-1
        dual aws-cn * https://artifact.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://artifact.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://artifact.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://artifact.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://artifact.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://artifact.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://artifact.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://artifact-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://artifact-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://artifact-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://artifact-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://artifact-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://artifact-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://artifact-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://artifact-fips.{r}.{s}
        fips aws * https://artifact-fips.us-east-1.{s} us-east-1
        fips aws-cn * https://artifact-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://artifact-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://artifact-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://artifact-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://artifact-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://artifact-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://artifact-fips.us-gov-west-1.{s} us-gov-west-1
        both aws us-east-1 https://artifact-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://artifact-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://artifact-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://artifact-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://artifact-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://artifact-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://artifact-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://artifact-fips.{r}.{d}
        both aws * https://artifact-fips.us-east-1.{d} us-east-1
        both aws-cn * https://artifact-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://artifact-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://artifact-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://artifact-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://artifact-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://artifact-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://artifact-fips.us-gov-west-1.{d} us-gov-west-1
        prefix autoscaling
        fips aws-us-gov * https://autoscaling.{r}.{s}
        prefix autoscaling-plans
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://autoscaling-plans.{r}.{s}
        prefix backup-search
        plain * * https://backup-search.{r}.{d}
        fips * * https://backup-search-fips.{r}.{d}
        prefix batch
        fips aws * https://fips.batch.{r}.{s}
        fips aws-us-gov * https://batch.{r}.{s}
        prefix bcm-dashboards
        plain aws us-east-1 https://bcm-dashboards.{r}.{d}
        plain aws-cn cn-northwest-1 https://bcm-dashboards.{r}.{d}
        plain aws-eusc eusc-de-east-1 https://bcm-dashboards.{r}.{d}
        plain aws-iso us-iso-east-1 https://bcm-dashboards.{r}.{d}
        plain aws-iso-b us-isob-east-1 https://bcm-dashboards.{r}.{d}
        plain aws-iso-e eu-isoe-west-1 https://bcm-dashboards.{r}.{d}
        plain aws-iso-f us-isof-south-1 https://bcm-dashboards.{r}.{d}
        plain aws-us-gov us-gov-west-1 https://bcm-dashboards.{r}.{d}
        plain aws * https://bcm-dashboards.us-east-1.{d} us-east-1
        plain aws-cn * https://bcm-dashboards.cn-northwest-1.{d} cn-northwest-1
        plain aws-eusc * https://bcm-dashboards.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://bcm-dashboards.us-iso-east-1.{d} us-iso-east-1
        plain aws-iso-b * https://bcm-dashboards.us-isob-east-1.{d} us-isob-east-1
        plain aws-iso-e * https://bcm-dashboards.eu-isoe-west-1.{d} eu-isoe-west-1
        plain aws-iso-f * https://bcm-dashboards.us-isof-south-1.{d} us-isof-south-1
        plain aws-us-gov * https://bcm-dashboards.us-gov-west-1.{d} us-gov-west-1
        dual aws us-east-1 https://bcm-dashboards.{r}.{d}
        dual aws-cn cn-northwest-1 https://bcm-dashboards.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://bcm-dashboards.{r}.{d}
        dual aws-iso us-iso-east-1 https://bcm-dashboards.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://bcm-dashboards.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://bcm-dashboards.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://bcm-dashboards.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://bcm-dashboards.{r}.{d}
        dual aws * https://bcm-dashboards.us-east-1.{d} us-east-1
        dual aws-cn * https://bcm-dashboards.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://bcm-dashboards.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://bcm-dashboards.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://bcm-dashboards.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://bcm-dashboards.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://bcm-dashboards.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://bcm-dashboards.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-cn cn-northwest-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-eusc eusc-de-east-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-iso us-iso-east-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-iso-b us-isob-east-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-iso-e eu-isoe-west-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-iso-f us-isof-south-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://bcm-dashboards-fips.{r}.{d}
        fips aws * https://bcm-dashboards-fips.us-east-1.{d} us-east-1
        fips aws-cn * https://bcm-dashboards-fips.cn-northwest-1.{d} cn-northwest-1
        fips aws-eusc * https://bcm-dashboards-fips.eusc-de-east-1.{d} eusc-de-east-1
        fips aws-iso * https://bcm-dashboards-fips.us-iso-east-1.{d} us-iso-east-1
        fips aws-iso-b * https://bcm-dashboards-fips.us-isob-east-1.{d} us-isob-east-1
        fips aws-iso-e * https://bcm-dashboards-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        fips aws-iso-f * https://bcm-dashboards-fips.us-isof-south-1.{d} us-isof-south-1
        fips aws-us-gov * https://bcm-dashboards-fips.us-gov-west-1.{d} us-gov-west-1
        both aws us-east-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://bcm-dashboards-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://bcm-dashboards-fips.{r}.{d}
        both aws * https://bcm-dashboards-fips.us-east-1.{d} us-east-1
        both aws-cn * https://bcm-dashboards-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://bcm-dashboards-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://bcm-dashboards-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://bcm-dashboards-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://bcm-dashboards-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://bcm-dashboards-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://bcm-dashboards-fips.us-gov-west-1.{d} us-gov-west-1
        prefix bcm-data-exports
        plain aws us-east-1 https://bcm-data-exports.{r}.{d}
        plain aws-cn cn-northwest-1 https://bcm-data-exports.{r}.{d}
        plain aws-eusc eusc-de-east-1 https://bcm-data-exports.{r}.{d}
        plain aws-iso us-iso-east-1 https://bcm-data-exports.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://bcm-data-exports.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://bcm-data-exports.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://bcm-data-exports.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://bcm-data-exports.{r}.{d}
        plain aws * https://bcm-data-exports.us-east-1.{d} us-east-1
        plain aws-cn * https://bcm-data-exports.cn-northwest-1.{d} cn-northwest-1
        plain aws-eusc * https://bcm-data-exports.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://bcm-data-exports.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://bcm-data-exports.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://bcm-data-exports.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://bcm-data-exports.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://bcm-data-exports.us-gov-west-1.{d} us-gov-west-1
        dual aws us-east-1 https://bcm-data-exports.{r}.{d}
        dual aws-cn cn-northwest-1 https://bcm-data-exports.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://bcm-data-exports.{r}.{d}
        dual aws-iso us-iso-east-1 https://bcm-data-exports.{r}.{s}
        dual aws-iso-b us-isob-east-1 https://bcm-data-exports.{r}.{s}
        dual aws-iso-e eu-isoe-west-1 https://bcm-data-exports.{r}.{s}
        dual aws-iso-f us-isof-south-1 https://bcm-data-exports.{r}.{s}
        dual aws-us-gov us-gov-west-1 https://bcm-data-exports.{r}.{d}
        dual aws * https://bcm-data-exports.us-east-1.{d} us-east-1
        dual aws-cn * https://bcm-data-exports.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://bcm-data-exports.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://bcm-data-exports.us-iso-east-1.{s} us-iso-east-1
        dual aws-iso-b * https://bcm-data-exports.us-isob-east-1.{s} us-isob-east-1
        dual aws-iso-e * https://bcm-data-exports.eu-isoe-west-1.{s} eu-isoe-west-1
        dual aws-iso-f * https://bcm-data-exports.us-isof-south-1.{s} us-isof-south-1
        dual aws-us-gov * https://bcm-data-exports.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-cn cn-northwest-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-eusc eusc-de-east-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-iso us-iso-east-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-iso-b us-isob-east-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-iso-e eu-isoe-west-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-iso-f us-isof-south-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://bcm-data-exports-fips.{r}.{d}
        fips aws * https://bcm-data-exports-fips.us-east-1.{d} us-east-1
        fips aws-cn * https://bcm-data-exports-fips.cn-northwest-1.{d} cn-northwest-1
        fips aws-eusc * https://bcm-data-exports-fips.eusc-de-east-1.{d} eusc-de-east-1
        fips aws-iso * https://bcm-data-exports-fips.us-iso-east-1.{d} us-iso-east-1
        fips aws-iso-b * https://bcm-data-exports-fips.us-isob-east-1.{d} us-isob-east-1
        fips aws-iso-e * https://bcm-data-exports-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        fips aws-iso-f * https://bcm-data-exports-fips.us-isof-south-1.{d} us-isof-south-1
        fips aws-us-gov * https://bcm-data-exports-fips.us-gov-west-1.{d} us-gov-west-1
        both aws us-east-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://bcm-data-exports-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://bcm-data-exports-fips.{r}.{d}
        both aws * https://bcm-data-exports-fips.us-east-1.{d} us-east-1
        both aws-cn * https://bcm-data-exports-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://bcm-data-exports-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://bcm-data-exports-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://bcm-data-exports-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://bcm-data-exports-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://bcm-data-exports-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://bcm-data-exports-fips.us-gov-west-1.{d} us-gov-west-1
        prefix bcm-pricing-calculator
        plain aws us-east-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-cn cn-northwest-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-eusc eusc-de-east-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-iso us-iso-east-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-iso-b us-isob-east-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-iso-e eu-isoe-west-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-iso-f us-isof-south-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws-us-gov us-gov-west-1 https://bcm-pricing-calculator.{r}.{d}
        plain aws * https://bcm-pricing-calculator.us-east-1.{d} us-east-1
        plain aws-cn * https://bcm-pricing-calculator.cn-northwest-1.{d} cn-northwest-1
        plain aws-eusc * https://bcm-pricing-calculator.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://bcm-pricing-calculator.us-iso-east-1.{d} us-iso-east-1
        plain aws-iso-b * https://bcm-pricing-calculator.us-isob-east-1.{d} us-isob-east-1
        plain aws-iso-e * https://bcm-pricing-calculator.eu-isoe-west-1.{d} eu-isoe-west-1
        plain aws-iso-f * https://bcm-pricing-calculator.us-isof-south-1.{d} us-isof-south-1
        plain aws-us-gov * https://bcm-pricing-calculator.us-gov-west-1.{d} us-gov-west-1
        dual aws us-east-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-cn cn-northwest-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-iso us-iso-east-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://bcm-pricing-calculator.{r}.{d}
        dual aws * https://bcm-pricing-calculator.us-east-1.{d} us-east-1
        dual aws-cn * https://bcm-pricing-calculator.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://bcm-pricing-calculator.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://bcm-pricing-calculator.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://bcm-pricing-calculator.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://bcm-pricing-calculator.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://bcm-pricing-calculator.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://bcm-pricing-calculator.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-cn cn-northwest-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-eusc eusc-de-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-iso us-iso-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-iso-b us-isob-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-iso-e eu-isoe-west-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-iso-f us-isof-south-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://bcm-pricing-calculator-fips.{r}.{d}
        fips aws * https://bcm-pricing-calculator-fips.us-east-1.{d} us-east-1
        fips aws-cn * https://bcm-pricing-calculator-fips.cn-northwest-1.{d} cn-northwest-1
        fips aws-eusc * https://bcm-pricing-calculator-fips.eusc-de-east-1.{d} eusc-de-east-1
        fips aws-iso * https://bcm-pricing-calculator-fips.us-iso-east-1.{d} us-iso-east-1
        fips aws-iso-b * https://bcm-pricing-calculator-fips.us-isob-east-1.{d} us-isob-east-1
        fips aws-iso-e * https://bcm-pricing-calculator-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        fips aws-iso-f * https://bcm-pricing-calculator-fips.us-isof-south-1.{d} us-isof-south-1
        fips aws-us-gov * https://bcm-pricing-calculator-fips.us-gov-west-1.{d} us-gov-west-1
        both aws us-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://bcm-pricing-calculator-fips.{r}.{d}
        both aws * https://bcm-pricing-calculator-fips.us-east-1.{d} us-east-1
        both aws-cn * https://bcm-pricing-calculator-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://bcm-pricing-calculator-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://bcm-pricing-calculator-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://bcm-pricing-calculator-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://bcm-pricing-calculator-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://bcm-pricing-calculator-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://bcm-pricing-calculator-fips.us-gov-west-1.{d} us-gov-west-1
        prefix bcm-recommended-actions
        plain aws us-east-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-cn cn-northwest-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-eusc eusc-de-east-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-iso us-iso-east-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-iso-b us-isob-east-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-iso-e eu-isoe-west-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-iso-f us-isof-south-1 https://bcm-recommended-actions.{r}.{d}
        plain aws-us-gov us-gov-west-1 https://bcm-recommended-actions.{r}.{d}
        plain aws * https://bcm-recommended-actions.us-east-1.{d} us-east-1
        plain aws-cn * https://bcm-recommended-actions.cn-northwest-1.{d} cn-northwest-1
        plain aws-eusc * https://bcm-recommended-actions.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://bcm-recommended-actions.us-iso-east-1.{d} us-iso-east-1
        plain aws-iso-b * https://bcm-recommended-actions.us-isob-east-1.{d} us-isob-east-1
        plain aws-iso-e * https://bcm-recommended-actions.eu-isoe-west-1.{d} eu-isoe-west-1
        plain aws-iso-f * https://bcm-recommended-actions.us-isof-south-1.{d} us-isof-south-1
        plain aws-us-gov * https://bcm-recommended-actions.us-gov-west-1.{d} us-gov-west-1
        dual aws us-east-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-cn cn-northwest-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-iso us-iso-east-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://bcm-recommended-actions.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://bcm-recommended-actions.{r}.{d}
        dual aws * https://bcm-recommended-actions.us-east-1.{d} us-east-1
        dual aws-cn * https://bcm-recommended-actions.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://bcm-recommended-actions.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://bcm-recommended-actions.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://bcm-recommended-actions.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://bcm-recommended-actions.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://bcm-recommended-actions.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://bcm-recommended-actions.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-cn cn-northwest-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-eusc eusc-de-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-iso us-iso-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-iso-b us-isob-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-iso-e eu-isoe-west-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-iso-f us-isof-south-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://bcm-recommended-actions-fips.{r}.{d}
        fips aws * https://bcm-recommended-actions-fips.us-east-1.{d} us-east-1
        fips aws-cn * https://bcm-recommended-actions-fips.cn-northwest-1.{d} cn-northwest-1
        fips aws-eusc * https://bcm-recommended-actions-fips.eusc-de-east-1.{d} eusc-de-east-1
        fips aws-iso * https://bcm-recommended-actions-fips.us-iso-east-1.{d} us-iso-east-1
        fips aws-iso-b * https://bcm-recommended-actions-fips.us-isob-east-1.{d} us-isob-east-1
        fips aws-iso-e * https://bcm-recommended-actions-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        fips aws-iso-f * https://bcm-recommended-actions-fips.us-isof-south-1.{d} us-isof-south-1
        fips aws-us-gov * https://bcm-recommended-actions-fips.us-gov-west-1.{d} us-gov-west-1
        both aws us-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://bcm-recommended-actions-fips.{r}.{d}
        both aws * https://bcm-recommended-actions-fips.us-east-1.{d} us-east-1
        both aws-cn * https://bcm-recommended-actions-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://bcm-recommended-actions-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://bcm-recommended-actions-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://bcm-recommended-actions-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://bcm-recommended-actions-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://bcm-recommended-actions-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://bcm-recommended-actions-fips.us-gov-west-1.{d} us-gov-west-1
        prefix billing
        plain aws us-east-1 https://billing.{r}.{d}
        plain aws-cn cn-northwest-1 https://billing.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://billing.{r}.{s}
        plain aws-iso us-iso-east-1 https://billing.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://billing.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://billing.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://billing.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://billing.{r}.{s}
        plain aws * https://billing.us-east-1.{d} us-east-1
        plain aws-cn * https://billing.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://billing.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://billing.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://billing.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://billing.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://billing.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://billing.us-gov-west-1.{s} us-gov-west-1
        dual aws us-east-1 https://billing.{r}.{d}
        dual aws-cn cn-northwest-1 https://billing.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://billing.{r}.{d}
        dual aws-iso us-iso-east-1 https://billing.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://billing.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://billing.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://billing.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://billing.{r}.{d}
        dual aws * https://billing.us-east-1.{d} us-east-1
        dual aws-cn * https://billing.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://billing.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://billing.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://billing.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://billing.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://billing.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://billing.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://billing-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://billing-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://billing-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://billing-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://billing-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://billing-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://billing-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://billing-fips.{r}.{s}
        fips aws * https://billing-fips.us-east-1.{s} us-east-1
        fips aws-cn * https://billing-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://billing-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://billing-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://billing-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://billing-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://billing-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://billing-fips.us-gov-west-1.{s} us-gov-west-1
        both aws us-east-1 https://billing-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://billing-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://billing-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://billing-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://billing-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://billing-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://billing-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://billing-fips.{r}.{d}
        both aws * https://billing-fips.us-east-1.{d} us-east-1
        both aws-cn * https://billing-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://billing-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://billing-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://billing-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://billing-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://billing-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://billing-fips.us-gov-west-1.{d} us-gov-west-1
        prefix billingconductor
        plain aws us-east-1 https://billingconductor.{r}.{s}
        plain aws * https://billingconductor.us-east-1.{s} us-east-1
        prefix budgets
        plain aws us-east-1 https://budgets.{s}
        plain aws-cn cn-northwest-1 https://budgets.{s}
        plain aws-eusc eusc-de-east-1 https://budgets.{r}.{d}
        plain aws-iso us-iso-east-1 https://budgets.{s}
        plain aws-iso-b us-isob-east-1 https://budgets.global.{s}
        plain aws-iso-e eu-isoe-west-1 https://budgets.global.{s}
        plain aws-iso-f us-isof-south-1 https://budgets.global.{s}
        plain aws-us-gov us-gov-west-1 https://budgets.{s}
        plain aws * https://budgets.{s} us-east-1
        plain aws-cn * https://budgets.{s} cn-northwest-1
        plain aws-eusc * https://budgets.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://budgets.{s} us-iso-east-1
        plain aws-iso-b * https://budgets.global.{s} us-isob-east-1
        plain aws-iso-e * https://budgets.global.{s} eu-isoe-west-1
        plain aws-iso-f * https://budgets.global.{s} us-isof-south-1
        plain aws-us-gov * https://budgets.{s} us-gov-west-1
        dual aws us-east-1 https://budgets.{r}.{d}
        dual aws-cn cn-northwest-1 https://budgets.{d}
        dual aws-eusc eusc-de-east-1 https://budgets.{r}.{d}
        dual aws-iso us-iso-east-1 https://budgets.{d}
        dual aws-iso-b us-isob-east-1 https://budgets.{d}
        dual aws-iso-e eu-isoe-west-1 https://budgets.{d}
        dual aws-iso-f us-isof-south-1 https://budgets.{d}
        dual aws-us-gov us-gov-west-1 https://budgets.{d}
        dual aws * https://budgets.us-east-1.{d} us-east-1
        dual aws-cn * https://budgets.{d} cn-northwest-1
        dual aws-eusc * https://budgets.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://budgets.{d} us-iso-east-1
        dual aws-iso-b * https://budgets.{d} us-isob-east-1
        dual aws-iso-e * https://budgets.{d} eu-isoe-west-1
        dual aws-iso-f * https://budgets.{d} us-isof-south-1
        dual aws-us-gov * https://budgets.{d} us-gov-west-1
        fips aws us-east-1 https://budgets-fips.{s}
        fips aws-cn cn-northwest-1 https://budgets-fips.{s}
        fips aws-eusc eusc-de-east-1 https://budgets-fips.{s}
        fips aws-iso us-iso-east-1 https://budgets-fips.{s}
        fips aws-iso-b us-isob-east-1 https://budgets-fips.{s}
        fips aws-iso-e eu-isoe-west-1 https://budgets-fips.{s}
        fips aws-iso-f us-isof-south-1 https://budgets-fips.{s}
        fips aws-us-gov us-gov-west-1 https://budgets-fips.{s}
        fips aws * https://budgets-fips.{s} us-east-1
        fips aws-cn * https://budgets-fips.{s} cn-northwest-1
        fips aws-eusc * https://budgets-fips.{s} eusc-de-east-1
        fips aws-iso * https://budgets-fips.{s} us-iso-east-1
        fips aws-iso-b * https://budgets-fips.{s} us-isob-east-1
        fips aws-iso-e * https://budgets-fips.{s} eu-isoe-west-1
        fips aws-iso-f * https://budgets-fips.{s} us-isof-south-1
        fips aws-us-gov * https://budgets-fips.{s} us-gov-west-1
        both aws us-east-1 https://budgets-fips.{d}
        both aws-cn cn-northwest-1 https://budgets-fips.{d}
        both aws-eusc eusc-de-east-1 https://budgets-fips.{d}
        both aws-iso us-iso-east-1 https://budgets-fips.{d}
        both aws-iso-b us-isob-east-1 https://budgets-fips.{d}
        both aws-iso-e eu-isoe-west-1 https://budgets-fips.{d}
        both aws-iso-f us-isof-south-1 https://budgets-fips.{d}
        both aws-us-gov us-gov-west-1 https://budgets-fips.{d}
        both aws * https://budgets-fips.{d} us-east-1
        both aws-cn * https://budgets-fips.{d} cn-northwest-1
        both aws-eusc * https://budgets-fips.{d} eusc-de-east-1
        both aws-iso * https://budgets-fips.{d} us-iso-east-1
        both aws-iso-b * https://budgets-fips.{d} us-isob-east-1
        both aws-iso-e * https://budgets-fips.{d} eu-isoe-west-1
        both aws-iso-f * https://budgets-fips.{d} us-isof-south-1
        both aws-us-gov * https://budgets-fips.{d} us-gov-west-1
        prefix cassandra
        fips aws-us-gov * https://cassandra.{r}.{s}
        prefix cassandra-streams
        plain * * https://cassandra-streams.{r}.{d}
        fips * * https://cassandra-streams-fips.{r}.{d}
        prefix catalog.marketplace
        dual aws us-east-1 https://catalog-marketplace.{r}.{d}
        prefix ce
        plain aws us-east-1 https://ce.{r}.{s}
        plain aws-cn cn-northwest-1 https://ce.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://ce.{r}.{d}
        plain aws-iso us-iso-east-1 https://ce.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://ce.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://ce.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://ce.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://ce.{r}.{s}
        plain aws * https://ce.us-east-1.{s} us-east-1
        plain aws-cn * https://ce.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://ce.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://ce.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://ce.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://ce.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://ce.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://ce.us-gov-west-1.{s} us-gov-west-1
        dual aws us-east-1 https://ce.{r}.{d}
        dual aws-cn cn-northwest-1 https://ce.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://ce.{r}.{d}
        dual aws-iso us-iso-east-1 https://ce.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://ce.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://ce.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://ce.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://ce.{r}.{d}
        dual aws * https://ce.us-east-1.{d} us-east-1
        dual aws-cn * https://ce.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://ce.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://ce.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://ce.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://ce.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://ce.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://ce.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://ce-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://ce-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://ce-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://ce-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://ce-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://ce-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://ce-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://ce-fips.{r}.{s}
        fips aws * https://ce-fips.us-east-1.{s} us-east-1
        fips aws-cn * https://ce-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://ce-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://ce-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://ce-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://ce-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://ce-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://ce-fips.us-gov-west-1.{s} us-gov-west-1
        both aws us-east-1 https://ce-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://ce-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://ce-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://ce-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://ce-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://ce-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://ce-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://ce-fips.{r}.{d}
        both aws * https://ce-fips.us-east-1.{d} us-east-1
        both aws-cn * https://ce-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://ce-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://ce-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://ce-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://ce-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://ce-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://ce-fips.us-gov-west-1.{d} us-gov-west-1
        prefix chime
        plain aws us-east-1 https://chime.{r}.{s}
        plain aws * https://chime.us-east-1.{s} us-east-1
        prefix clouddirectory
        fips aws-us-gov * https://clouddirectory.{r}.{s}
        prefix cloudformation
        fips aws-us-gov * https://cloudformation.{r}.{s}
        prefix cloudfront
        plain aws us-east-1 https://cloudfront.{s}
        plain aws-cn cn-northwest-1 https://cloudfront.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://cloudfront.{s}
        plain aws-iso us-iso-east-1 https://cloudfront.{s}
        plain aws-iso-b us-isob-east-1 https://cloudfront.{s}
        plain aws-iso-e eu-isoe-west-1 https://cloudfront.{s}
        plain aws-iso-f us-isof-south-1 https://cloudfront.{s}
        plain aws-us-gov us-gov-west-1 https://cloudfront.{s}
        plain aws * https://cloudfront.{s} us-east-1
        plain aws-cn * https://cloudfront.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://cloudfront.{s} eusc-de-east-1
        plain aws-iso * https://cloudfront.{s} us-iso-east-1
        plain aws-iso-b * https://cloudfront.{s} us-isob-east-1
        plain aws-iso-e * https://cloudfront.{s} eu-isoe-west-1
        plain aws-iso-f * https://cloudfront.{s} us-isof-south-1
        plain aws-us-gov * https://cloudfront.{s} us-gov-west-1
        dual aws us-east-1 https://cloudfront.global.{d}
        dual aws-cn cn-northwest-1 https://cloudfront.{d}
        dual aws-eusc eusc-de-east-1 https://cloudfront.{d}
        dual aws-iso us-iso-east-1 https://cloudfront.{d}
        dual aws-iso-b us-isob-east-1 https://cloudfront.{d}
        dual aws-iso-e eu-isoe-west-1 https://cloudfront.{d}
        dual aws-iso-f us-isof-south-1 https://cloudfront.{d}
        dual aws-us-gov us-gov-west-1 https://cloudfront.{d}
        dual aws * https://cloudfront.global.{d} us-east-1
        dual aws-cn * https://cloudfront.{d} cn-northwest-1
        dual aws-eusc * https://cloudfront.{d} eusc-de-east-1
        dual aws-iso * https://cloudfront.{d} us-iso-east-1
        dual aws-iso-b * https://cloudfront.{d} us-isob-east-1
        dual aws-iso-e * https://cloudfront.{d} eu-isoe-west-1
        dual aws-iso-f * https://cloudfront.{d} us-isof-south-1
        dual aws-us-gov * https://cloudfront.{d} us-gov-west-1
        fips aws us-east-1 https://cloudfront-fips.{s}
        fips aws-cn cn-northwest-1 https://cloudfront-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://cloudfront-fips.{s}
        fips aws-iso us-iso-east-1 https://cloudfront-fips.{s}
        fips aws-iso-b us-isob-east-1 https://cloudfront-fips.{s}
        fips aws-iso-e eu-isoe-west-1 https://cloudfront-fips.{s}
        fips aws-iso-f us-isof-south-1 https://cloudfront-fips.{s}
        fips aws-us-gov us-gov-west-1 https://cloudfront-fips.{s}
        fips aws * https://cloudfront-fips.{s} us-east-1
        fips aws-cn * https://cloudfront-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://cloudfront-fips.{s} eusc-de-east-1
        fips aws-iso * https://cloudfront-fips.{s} us-iso-east-1
        fips aws-iso-b * https://cloudfront-fips.{s} us-isob-east-1
        fips aws-iso-e * https://cloudfront-fips.{s} eu-isoe-west-1
        fips aws-iso-f * https://cloudfront-fips.{s} us-isof-south-1
        fips aws-us-gov * https://cloudfront-fips.{s} us-gov-west-1
        both aws us-east-1 https://cloudfront-fips.global.{d}
        both aws-cn cn-northwest-1 https://cloudfront-fips.{d}
        both aws-eusc eusc-de-east-1 https://cloudfront-fips.{d}
        both aws-iso us-iso-east-1 https://cloudfront-fips.{d}
        both aws-iso-b us-isob-east-1 https://cloudfront-fips.{d}
        both aws-iso-e eu-isoe-west-1 https://cloudfront-fips.{d}
        both aws-iso-f us-isof-south-1 https://cloudfront-fips.{d}
        both aws-us-gov us-gov-west-1 https://cloudfront-fips.{d}
        both aws * https://cloudfront-fips.global.{d} us-east-1
        both aws-cn * https://cloudfront-fips.{d} cn-northwest-1
        both aws-eusc * https://cloudfront-fips.{d} eusc-de-east-1
        both aws-iso * https://cloudfront-fips.{d} us-iso-east-1
        both aws-iso-b * https://cloudfront-fips.{d} us-isob-east-1
        both aws-iso-e * https://cloudfront-fips.{d} eu-isoe-west-1
        both aws-iso-f * https://cloudfront-fips.{d} us-isof-south-1
        both aws-us-gov * https://cloudfront-fips.{d} us-gov-west-1
        prefix cloudfront-keyvaluestore
        plain * * none
        dual * * none
        fips * * none
        both * * none
        prefix cloudtrail
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://cloudtrail.{r}.{s}
        prefix codecatalyst
        plain * * https://codecatalyst.global.{d}
        dual * * https://codecatalyst.global.{d}
        fips * * https://codecatalyst-fips.global.{d}
        both * * https://codecatalyst-fips.global.{d}
        prefix cognito-identity
        dual aws * https://cognito-identity.{r}.{s}
        both aws us-east-1,us-east-2,us-west-1,us-west-2 https://cognito-identity-fips.{r}.{s}
        prefix cognito-idp
        dual aws * https://cognito-idp.{r}.{s}
        both aws us-east-1,us-east-2,us-west-1,us-west-2 https://cognito-idp-fips.{r}.{s}
        prefix config
        fips aws-us-gov * https://config.{r}.{s}
        prefix connect
        fips aws-us-gov * https://connect.{r}.{s}
        prefix data-ats.iot
        plain aws-cn cn-north-1 https://data.ats.iot.{r}.{s}
        fips aws ca-central-1,us-east-1,us-east-2,us-west-1,us-west-2 https://data.iot-fips.{r}.{s}
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://data.iot-fips.{r}.{s}
        prefix databrew
        fips aws-us-gov us-gov-west-1 https://databrew.{r}.{s}
        prefix datazone
        plain * * https://datazone.{r}.{d}
        fips * * https://datazone-fips.{r}.{d}
        prefix discovery-marketplace
        plain * * https://discovery-marketplace.{r}.{d}
        fips * * https://discovery-marketplace-fips.{r}.{d}
        prefix dlm
        fips aws-us-gov * https://dlm.{r}.{s}
        prefix dms
        fips aws-iso,aws-iso-b,aws-us-gov * https://dms.{r}.{s}
        prefix dsql
        plain * * https://dsql.{r}.{d}
        fips * * https://dsql-fips.{r}.{d}
        prefix dynamodb
        fips aws-us-gov * https://dynamodb.{r}.{s}
        prefix ec2
        fips aws-us-gov * https://ec2.{r}.{s}
        prefix eks
        fips aws * https://fips.eks.{r}.{s}
        fips aws-us-gov * https://eks.{r}.{s}
        prefix eks-auth
        plain * * https://eks-auth.{r}.{d}
        fips * * https://eks-auth-fips.{r}.{d}
        prefix elasticache
        fips aws-us-gov * https://elasticache.{r}.{s}
        prefix elasticbeanstalk
        fips aws-us-gov * https://elasticbeanstalk.{r}.{s}
        prefix elasticfilesystem
        dual aws,aws-cn,aws-us-gov * https://efs.{r}.{d}
        both aws,aws-cn,aws-us-gov * https://efs-fips.{r}.{d}
        prefix elasticloadbalancing
        fips aws-us-gov * https://elasticloadbalancing.{r}.{s}
        prefix elasticmapreduce
        fips aws-us-gov * https://elasticmapreduce.{r}.{s}
        prefix emr-containers
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://emr-containers.{r}.{s}
        prefix entitlement.marketplace
        plain aws-cn,aws-eusc * https://entitlement-marketplace.{r}.{s}
        dual aws,aws-cn * https://entitlement-marketplace.{r}.{d}
        prefix es
        dual aws,aws-cn,aws-us-gov * https://aos.{r}.{d}
        prefix events
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://events.{r}.{s}
        both aws-us-gov * https://events.{r}.{d}
        prefix fis
        fips aws-us-gov * https://fis.{r}.{s}
        prefix freetier
        plain aws us-east-1 https://freetier.{r}.{d}
        plain aws * https://freetier.us-east-1.{d} us-east-1
        plain aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f,aws-us-gov * https://freetier.{r}.{d}
        dual aws us-east-1 https://freetier.{r}.{d}
        dual aws * https://freetier.us-east-1.{d} us-east-1
        fips * * https://freetier-fips.{r}.{d}
        prefix gameliftstreams
        plain * * https://gameliftstreams.{r}.{d}
        fips * * https://gameliftstreams-fips.{r}.{d}
        prefix geo-maps
        plain aws,aws-us-gov * https://maps.geo.{r}.amazonaws.com/v2
        dual aws,aws-us-gov * https://maps.geo.{r}.api.aws/v2
        fips aws,aws-us-gov * https://maps.geo-fips.{r}.amazonaws.com/v2
        both aws,aws-us-gov * https://maps.geo-fips.{r}.api.aws/v2
        prefix geo-places
        plain aws,aws-us-gov * https://places.geo.{r}.{s}
        dual aws,aws-us-gov * https://places.geo.{r}.{d}
        fips aws,aws-us-gov * https://places.geo-fips.{r}.{s}
        both aws,aws-us-gov * https://places.geo-fips.{r}.{d}
        prefix geo-routes
        plain aws * https://routes.geo.{r}.amazonaws.com/v2
        plain aws-us-gov * https://routes.geo.{r}.us-gov.amazonaws.com/v2
        dual aws * https://routes.geo.{r}.api.aws/v2
        dual aws-us-gov * https://routes.geo.{r}.us-gov.api.aws/v2
        fips aws * https://routes.geo-fips.{r}.amazonaws.com/v2
        fips aws-us-gov * https://routes.geo-fips.{r}.us-gov.amazonaws.com/v2
        both aws * https://routes.geo-fips.{r}.api.aws/v2
        both aws-us-gov * https://routes.geo-fips.{r}.us-gov.api.aws/v2
        prefix glacier
        fips aws-us-gov * https://glacier.{r}.{s}
        prefix greengrass
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://greengrass.{r}.{s}
        prefix guardduty
        fips aws-us-gov * https://guardduty.{r}.{s}
        prefix health
        plain aws-eusc * https://health.{r}.{d}
        fips aws-eusc * https://health-fips.{r}.{d}
        prefix health-agent
        plain * * https://health-agent.{r}.{d}
        fips * * https://health-agent-fips.{r}.{d}
        prefix iam
        plain aws us-east-1 https://iam.{s}
        plain aws-cn cn-north-1 https://iam.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://iam.{r}.{s}
        plain aws-iso us-iso-east-1 https://iam.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://iam.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://iam.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://iam.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://iam.us-gov.{s}
        plain aws * https://iam.{s} us-east-1
        plain aws-cn * https://iam.cn-north-1.{s} cn-north-1
        plain aws-eusc * https://iam.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://iam.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://iam.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://iam.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://iam.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://iam.us-gov.{s} us-gov-west-1
        dual aws us-east-1 https://iam.global.{d}
        dual aws-cn cn-north-1 https://iam.global.{d}
        dual aws-eusc eusc-de-east-1 https://iam.{d}
        dual aws-iso us-iso-east-1 https://iam.{d}
        dual aws-iso-b us-isob-east-1 https://iam.{d}
        dual aws-iso-e eu-isoe-west-1 https://iam.{d}
        dual aws-iso-f us-isof-south-1 https://iam.{d}
        dual aws-us-gov us-gov-west-1 https://iam.us-gov.{d}
        dual aws * https://iam.global.{d} us-east-1
        dual aws-cn * https://iam.global.{d} cn-north-1
        dual aws-eusc * https://iam.{d} eusc-de-east-1
        dual aws-iso * https://iam.{d} us-iso-east-1
        dual aws-iso-b * https://iam.{d} us-isob-east-1
        dual aws-iso-e * https://iam.{d} eu-isoe-west-1
        dual aws-iso-f * https://iam.{d} us-isof-south-1
        dual aws-us-gov * https://iam.us-gov.{d} us-gov-west-1
        fips aws us-east-1 https://iam-fips.{s}
        fips aws-cn cn-northwest-1 https://iam-fips.{s}
        fips aws-eusc eusc-de-east-1 https://iam-fips.{s}
        fips aws-iso us-iso-east-1 https://iam-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://iam-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://iam-fips.{s}
        fips aws-iso-f us-isof-south-1 https://iam-fips.{s}
        fips aws-us-gov us-gov-west-1 https://iam.us-gov.{s}
        fips aws * https://iam-fips.{s} us-east-1
        fips aws-cn * https://iam-fips.{s} cn-northwest-1
        fips aws-eusc * https://iam-fips.{s} eusc-de-east-1
        fips aws-iso * https://iam-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://iam-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://iam-fips.{s} eu-isoe-west-1
        fips aws-iso-f * https://iam-fips.{s} us-isof-south-1
        fips aws-us-gov * https://iam.us-gov.{s} us-gov-west-1
        both aws us-east-1 https://iam-fips.global.{d}
        both aws-cn cn-northwest-1 https://iam-fips.{d}
        both aws-eusc eusc-de-east-1 https://iam-fips.{d}
        both aws-iso us-iso-east-1 https://iam-fips.{d}
        both aws-iso-b us-isob-east-1 https://iam-fips.{d}
        both aws-iso-e eu-isoe-west-1 https://iam-fips.{d}
        both aws-iso-f us-isof-south-1 https://iam-fips.{d}
        both aws-us-gov us-gov-west-1 https://iam.us-gov.{d}
        both aws * https://iam-fips.global.{d} us-east-1
        both aws-cn * https://iam-fips.{d} cn-northwest-1
        both aws-eusc * https://iam-fips.{d} eusc-de-east-1
        both aws-iso * https://iam-fips.{d} us-iso-east-1
        both aws-iso-b * https://iam-fips.{d} us-isob-east-1
        both aws-iso-e * https://iam-fips.{d} eu-isoe-west-1
        both aws-iso-f * https://iam-fips.{d} us-isof-south-1
        both aws-us-gov * https://iam.us-gov.{d} us-gov-west-1
        prefix identitystore
        fips aws-us-gov * https://identitystore.{r}.{s}
        prefix imagebuilder
        fips aws-us-gov * https://imagebuilder.{r}.{s}
        prefix importexport
        plain aws us-east-1 https://importexport.{s}
        plain aws * https://importexport.{s} us-east-1
        dual aws us-east-1 https://importexport.{r}.{d}
        dual aws * https://importexport.{r}.{d} us-east-1
        fips aws us-east-1 https://importexport-fips.{r}.{s}
        fips aws * https://importexport-fips.{r}.{s} us-east-1
        both aws us-east-1 https://importexport-fips.{r}.{d}
        both aws * https://importexport-fips.{r}.{d} us-east-1
        prefix ingest.timestream
        dual aws,aws-us-gov * https://timestream-ingest.{r}.{d}
        fips aws-us-gov * https://ingest.timestream.{r}.{s}
        both aws * https://timestream-ingest-fips.{r}.{d}
        both aws-us-gov * https://timestream-ingest.{r}.{d}
        prefix interconnect
        plain * * https://interconnect.{r}.{d}
        fips * * https://interconnect-fips.{r}.{d}
        prefix invoicing
        plain aws us-east-1 https://invoicing.{r}.{d}
        plain aws-cn cn-northwest-1 https://invoicing.{r}.{d}
        plain aws-eusc eusc-de-east-1 https://invoicing.{r}.{d}
        plain aws-iso us-iso-east-1 https://invoicing.{r}.{d}
        plain aws-iso-b us-isob-east-1 https://invoicing.{r}.{d}
        plain aws-iso-e eu-isoe-west-1 https://invoicing.{r}.{d}
        plain aws-iso-f us-isof-south-1 https://invoicing.{r}.{d}
        plain aws-us-gov us-gov-west-1 https://invoicing.{r}.{d}
        plain aws * https://invoicing.us-east-1.{d} us-east-1
        plain aws-cn * https://invoicing.cn-northwest-1.{d} cn-northwest-1
        plain aws-eusc * https://invoicing.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://invoicing.us-iso-east-1.{d} us-iso-east-1
        plain aws-iso-b * https://invoicing.us-isob-east-1.{d} us-isob-east-1
        plain aws-iso-e * https://invoicing.eu-isoe-west-1.{d} eu-isoe-west-1
        plain aws-iso-f * https://invoicing.us-isof-south-1.{d} us-isof-south-1
        plain aws-us-gov * https://invoicing.us-gov-west-1.{d} us-gov-west-1
        dual aws us-east-1 https://invoicing.{r}.{d}
        dual aws-cn cn-northwest-1 https://invoicing.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://invoicing.{r}.{d}
        dual aws-iso us-iso-east-1 https://invoicing.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://invoicing.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://invoicing.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://invoicing.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://invoicing.{r}.{d}
        dual aws * https://invoicing.us-east-1.{d} us-east-1
        dual aws-cn * https://invoicing.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://invoicing.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://invoicing.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://invoicing.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://invoicing.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://invoicing.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://invoicing.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://invoicing-fips.{r}.{d}
        fips aws-cn cn-northwest-1 https://invoicing-fips.{r}.{d}
        fips aws-eusc eusc-de-east-1 https://invoicing-fips.{r}.{d}
        fips aws-iso us-iso-east-1 https://invoicing-fips.{r}.{d}
        fips aws-iso-b us-isob-east-1 https://invoicing-fips.{r}.{d}
        fips aws-iso-e eu-isoe-west-1 https://invoicing-fips.{r}.{d}
        fips aws-iso-f us-isof-south-1 https://invoicing-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://invoicing-fips.{r}.{d}
        fips aws * https://invoicing-fips.us-east-1.{d} us-east-1
        fips aws-cn * https://invoicing-fips.cn-northwest-1.{d} cn-northwest-1
        fips aws-eusc * https://invoicing-fips.eusc-de-east-1.{d} eusc-de-east-1
        fips aws-iso * https://invoicing-fips.us-iso-east-1.{d} us-iso-east-1
        fips aws-iso-b * https://invoicing-fips.us-isob-east-1.{d} us-isob-east-1
        fips aws-iso-e * https://invoicing-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        fips aws-iso-f * https://invoicing-fips.us-isof-south-1.{d} us-isof-south-1
        fips aws-us-gov * https://invoicing-fips.us-gov-west-1.{d} us-gov-west-1
        both aws us-east-1 https://invoicing-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://invoicing-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://invoicing-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://invoicing-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://invoicing-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://invoicing-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://invoicing-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://invoicing-fips.{r}.{d}
        both aws * https://invoicing-fips.us-east-1.{d} us-east-1
        both aws-cn * https://invoicing-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://invoicing-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://invoicing-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://invoicing-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://invoicing-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://invoicing-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://invoicing-fips.us-gov-west-1.{d} us-gov-west-1
        prefix kafka
        dual aws,aws-cn,aws-eusc,aws-us-gov * https://kafka-api.{r}.{d}
        fips aws-us-gov * https://kafka.{r}.{s}
        both aws * https://kafka-api-fips.{r}.{d}
        both aws-us-gov * https://kafka-api.{r}.{d}
        prefix kafkaconnect
        fips aws-us-gov * https://kafkaconnect.{r}.{s}
        both aws-us-gov * https://kafkaconnect.{r}.{d}
        prefix kendra-ranking
        plain * * https://kendra-ranking.{r}.{d}
        fips * * https://kendra-ranking-fips.{r}.{d}
        prefix kinesis
        fips aws-us-gov * https://kinesis.{r}.{s}
        prefix logs
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://logs.{r}.{s}
        prefix mediaconvert
        plain aws-cn cn-northwest-1 https://subscribe.mediaconvert.{r}.{s}
        fips aws-us-gov * https://mediaconvert.{r}.{s}
        prefix metering.marketplace
        plain aws-eusc * https://metering-marketplace.{r}.{s}
        dual aws,aws-cn,aws-us-gov * https://metering-marketplace.{r}.{d}
        prefix metrics.sagemaker
        fips aws * https://metrics-fips.sagemaker.{r}.{s}
        prefix models.lex
        fips aws,aws-us-gov * https://models-fips.lex.{r}.{s}
        prefix monitoring
        fips aws-us-gov * https://monitoring.{r}.{s}
        both aws-us-gov * https://monitoring.{r}.{d}
        prefix mpa
        plain * * https://mpa.{r}.{d}
        fips * * https://mpa-fips.{r}.{d}
        prefix neptune-graph
        plain * * none
        dual * * none
        fips * * none
        both * * none
        prefix networkflowmonitor
        plain * * https://networkflowmonitor.{r}.{d}
        fips * * https://networkflowmonitor-fips.{r}.{d}
        prefix networkmanager
        plain aws us-west-2 https://networkmanager.{r}.{s}
        plain aws-cn cn-northwest-1 https://networkmanager.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://networkmanager.{r}.{s}
        plain aws-iso us-iso-east-1 https://networkmanager.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://networkmanager.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://networkmanager.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://networkmanager.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://networkmanager.{r}.{s}
        plain aws * https://networkmanager.us-west-2.{s} us-west-2
        plain aws-cn * https://networkmanager.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://networkmanager.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://networkmanager.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://networkmanager.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://networkmanager.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://networkmanager.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://networkmanager.us-gov-west-1.{s} us-gov-west-1
        dual aws us-west-2 https://networkmanager.{r}.{d}
        dual aws-cn cn-northwest-1 https://networkmanager.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://networkmanager.{r}.{d}
        dual aws-iso us-iso-east-1 https://networkmanager.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://networkmanager.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://networkmanager.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://networkmanager.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://networkmanager.{r}.{d}
        dual aws * https://networkmanager.us-west-2.{d} us-west-2
        dual aws-cn * https://networkmanager.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://networkmanager.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://networkmanager.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://networkmanager.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://networkmanager.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://networkmanager.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://networkmanager.us-gov-west-1.{d} us-gov-west-1
        fips aws us-west-2 https://networkmanager-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://networkmanager-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://networkmanager-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://networkmanager-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://networkmanager-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://networkmanager-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://networkmanager-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://networkmanager.{r}.{s}
        fips aws * https://networkmanager-fips.us-west-2.{s} us-west-2
        fips aws-cn * https://networkmanager-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://networkmanager-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://networkmanager-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://networkmanager-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://networkmanager-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://networkmanager-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://networkmanager.us-gov-west-1.{s} us-gov-west-1
        both aws us-west-2 https://networkmanager-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://networkmanager-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://networkmanager-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://networkmanager-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://networkmanager-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://networkmanager-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://networkmanager-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://networkmanager.{r}.{d}
        both aws * https://networkmanager-fips.us-west-2.{d} us-west-2
        both aws-cn * https://networkmanager-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://networkmanager-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://networkmanager-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://networkmanager-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://networkmanager-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://networkmanager-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://networkmanager.us-gov-west-1.{d} us-gov-west-1
        prefix notifications
        plain * * https://notifications.{r}.{d}
        fips * * https://notifications-fips.{r}.{d}
        prefix notifications-contacts
        plain aws us-east-1 https://notifications-contacts.{r}.{d}
        plain aws-cn cn-northwest-1 https://notifications-contacts.{r}.{d}
        plain aws-eusc eusc-de-east-1 https://notifications-contacts.{r}.{d}
        plain aws-iso us-iso-east-1 https://notifications-contacts.{r}.{d}
        plain aws-iso-b us-isob-east-1 https://notifications-contacts.{r}.{d}
        plain aws-iso-e eu-isoe-west-1 https://notifications-contacts.{r}.{d}
        plain aws-iso-f us-isof-south-1 https://notifications-contacts.{r}.{d}
        plain aws-us-gov us-gov-west-1 https://notifications-contacts.{r}.{d}
        plain aws * https://notifications-contacts.us-east-1.{d} us-east-1
        plain aws-cn * https://notifications-contacts.cn-northwest-1.{d} cn-northwest-1
        plain aws-eusc * https://notifications-contacts.eusc-de-east-1.{d} eusc-de-east-1
        plain aws-iso * https://notifications-contacts.us-iso-east-1.{d} us-iso-east-1
        plain aws-iso-b * https://notifications-contacts.us-isob-east-1.{d} us-isob-east-1
        plain aws-iso-e * https://notifications-contacts.eu-isoe-west-1.{d} eu-isoe-west-1
        plain aws-iso-f * https://notifications-contacts.us-isof-south-1.{d} us-isof-south-1
        plain aws-us-gov * https://notifications-contacts.us-gov-west-1.{d} us-gov-west-1
        dual aws us-east-1 https://notifications-contacts.{r}.{d}
        dual aws-cn cn-northwest-1 https://notifications-contacts.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://notifications-contacts.{r}.{d}
        dual aws-iso us-iso-east-1 https://notifications-contacts.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://notifications-contacts.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://notifications-contacts.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://notifications-contacts.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://notifications-contacts.{r}.{d}
        dual aws * https://notifications-contacts.us-east-1.{d} us-east-1
        dual aws-cn * https://notifications-contacts.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://notifications-contacts.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://notifications-contacts.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://notifications-contacts.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://notifications-contacts.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://notifications-contacts.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://notifications-contacts.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-cn cn-northwest-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-eusc eusc-de-east-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-iso us-iso-east-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-iso-b us-isob-east-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-iso-e eu-isoe-west-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-iso-f us-isof-south-1 https://notifications-contacts-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://notifications-contacts-fips.{r}.{d}
        fips aws * https://notifications-contacts-fips.us-east-1.{d} us-east-1
        fips aws-cn * https://notifications-contacts-fips.cn-northwest-1.{d} cn-northwest-1
        fips aws-eusc * https://notifications-contacts-fips.eusc-de-east-1.{d} eusc-de-east-1
        fips aws-iso * https://notifications-contacts-fips.us-iso-east-1.{d} us-iso-east-1
        fips aws-iso-b * https://notifications-contacts-fips.us-isob-east-1.{d} us-isob-east-1
        fips aws-iso-e * https://notifications-contacts-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        fips aws-iso-f * https://notifications-contacts-fips.us-isof-south-1.{d} us-isof-south-1
        fips aws-us-gov * https://notifications-contacts-fips.us-gov-west-1.{d} us-gov-west-1
        both aws us-east-1 https://notifications-contacts-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://notifications-contacts-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://notifications-contacts-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://notifications-contacts-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://notifications-contacts-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://notifications-contacts-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://notifications-contacts-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://notifications-contacts-fips.{r}.{d}
        both aws * https://notifications-contacts-fips.us-east-1.{d} us-east-1
        both aws-cn * https://notifications-contacts-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://notifications-contacts-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://notifications-contacts-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://notifications-contacts-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://notifications-contacts-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://notifications-contacts-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://notifications-contacts-fips.us-gov-west-1.{d} us-gov-west-1
        prefix oidc
        fips aws-us-gov * https://oidc.{r}.{s}
        prefix organizations
        plain aws us-east-1 https://organizations.{r}.{s}
        plain aws-cn cn-northwest-1 https://organizations.{r}.{s}
        plain aws-iso us-iso-east-1 https://organizations.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://organizations.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://organizations.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://organizations.{r}.{s}
        plain aws * https://organizations.us-east-1.{s} us-east-1
        plain aws-cn * https://organizations.cn-northwest-1.{s} cn-northwest-1
        plain aws-iso * https://organizations.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://organizations.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-f * https://organizations.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://organizations.us-gov-west-1.{s} us-gov-west-1
        fips aws us-east-1 https://organizations-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://organizations.{r}.{s}
        fips aws * https://organizations-fips.us-east-1.{s} us-east-1
        fips aws-us-gov * https://organizations.us-gov-west-1.{s} us-gov-west-1
        prefix outposts
        fips aws-us-gov * https://outposts.{r}.{s}
        prefix participant.connect
        fips aws-us-gov * https://participant.connect.{r}.{s}
        prefix partnercentral-account
        plain * * https://partnercentral-account.{r}.{d}
        fips * * https://partnercentral-account-fips.{r}.{d}
        prefix partnercentral-benefits
        plain * * https://partnercentral-benefits.{r}.{d}
        fips * * https://partnercentral-benefits-fips.{r}.{d}
        prefix partnercentral-channel
        plain aws,aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://partnercentral-channel.global.{d}
        plain aws-us-gov * https://partnercentral-channel.us-gov.{d}
        dual aws,aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://partnercentral-channel.global.{d}
        dual aws-us-gov * https://partnercentral-channel.us-gov.{d}
        fips aws,aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://partnercentral-channel-fips.global.{d}
        fips aws-us-gov * https://partnercentral-channel-fips.us-gov.{d}
        both aws,aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://partnercentral-channel-fips.global.{d}
        both aws-us-gov * https://partnercentral-channel-fips.us-gov.{d}
        prefix partnercentral-selling
        plain * * https://partnercentral-selling.{r}.{d}
        fips * * https://partnercentral-selling-fips.{r}.{d}
        prefix portal.sso
        fips aws-us-gov * https://portal.sso.{r}.{s}
        prefix qbusiness
        plain * * https://qbusiness.{r}.{d}
        fips * * https://qbusiness-fips.{r}.{d}
        prefix query.timestream
        dual aws,aws-us-gov * https://timestream-query.{r}.{d}
        fips aws-us-gov * https://query.timestream.{r}.{s}
        both aws * https://timestream-query-fips.{r}.{d}
        both aws-us-gov * https://timestream-query.{r}.{d}
        prefix ram
        fips aws-us-gov * https://ram.{r}.{s}
        prefix rds
        fips aws-us-gov * https://rds.{r}.{s}
        prefix redshift
        fips aws-us-gov * https://redshift.{r}.{s}
        prefix resource-groups
        fips aws-us-gov * https://resource-groups.{r}.{s}
        prefix route53
        plain aws us-east-1 https://route53.{s}
        plain aws-cn cn-northwest-1 https://route53.{s}
        plain aws-eusc eusc-de-east-1 https://route53.{s}
        plain aws-iso us-iso-east-1 https://route53.{s}
        plain aws-iso-b us-isob-east-1 https://route53.{s}
        plain aws-iso-e eu-isoe-west-1 https://route53.{s}
        plain aws-iso-f us-isof-south-1 https://route53.{s}
        plain aws-us-gov us-gov-west-1 https://route53.us-gov.{s}
        plain aws * https://route53.{s} us-east-1
        plain aws-cn * https://route53.{s} cn-northwest-1
        plain aws-eusc * https://route53.{s} eusc-de-east-1
        plain aws-iso * https://route53.{s} us-iso-east-1
        plain aws-iso-b * https://route53.{s} us-isob-east-1
        plain aws-iso-e * https://route53.{s} eu-isoe-west-1
        plain aws-iso-f * https://route53.{s} us-isof-south-1
        plain aws-us-gov * https://route53.us-gov.{s} us-gov-west-1
        dual aws us-east-1 https://route53.global.{d}
        dual aws-cn cn-northwest-1 https://route53.global.{d}
        dual aws-eusc eusc-de-east-1 https://route53.global.{d}
        dual aws-iso us-iso-east-1 https://route53.{d}
        dual aws-iso-b us-isob-east-1 https://route53.{d}
        dual aws-iso-e eu-isoe-west-1 https://route53.{d}
        dual aws-iso-f us-isof-south-1 https://route53.{d}
        dual aws-us-gov us-gov-west-1 https://route53.us-gov.{d}
        dual aws * https://route53.global.{d} us-east-1
        dual aws-cn * https://route53.global.{d} cn-northwest-1
        dual aws-eusc * https://route53.global.{d} eusc-de-east-1
        dual aws-iso * https://route53.{d} us-iso-east-1
        dual aws-iso-b * https://route53.{d} us-isob-east-1
        dual aws-iso-e * https://route53.{d} eu-isoe-west-1
        dual aws-iso-f * https://route53.{d} us-isof-south-1
        dual aws-us-gov * https://route53.us-gov.{d} us-gov-west-1
        fips aws us-east-1 https://route53-fips.{s}
        fips aws-cn cn-northwest-1 https://route53-fips.{s}
        fips aws-eusc eusc-de-east-1 https://route53-fips.{s}
        fips aws-iso us-iso-east-1 https://route53-fips.{s}
        fips aws-iso-b us-isob-east-1 https://route53-fips.{s}
        fips aws-iso-e eu-isoe-west-1 https://route53-fips.{s}
        fips aws-iso-f us-isof-south-1 https://route53-fips.{s}
        fips aws-us-gov us-gov-west-1 https://route53.us-gov.{s}
        fips aws * https://route53-fips.{s} us-east-1
        fips aws-cn * https://route53-fips.{s} cn-northwest-1
        fips aws-eusc * https://route53-fips.{s} eusc-de-east-1
        fips aws-iso * https://route53-fips.{s} us-iso-east-1
        fips aws-iso-b * https://route53-fips.{s} us-isob-east-1
        fips aws-iso-e * https://route53-fips.{s} eu-isoe-west-1
        fips aws-iso-f * https://route53-fips.{s} us-isof-south-1
        fips aws-us-gov * https://route53.us-gov.{s} us-gov-west-1
        both aws us-east-1 https://route53-fips.global.{d}
        both aws-cn cn-northwest-1 https://route53-fips.{d}
        both aws-eusc eusc-de-east-1 https://route53-fips.{d}
        both aws-iso us-iso-east-1 https://route53-fips.{d}
        both aws-iso-b us-isob-east-1 https://route53-fips.{d}
        both aws-iso-e eu-isoe-west-1 https://route53-fips.{d}
        both aws-iso-f us-isof-south-1 https://route53-fips.{d}
        both aws-us-gov us-gov-west-1 https://route53.us-gov.{d}
        both aws * https://route53-fips.global.{d} us-east-1
        both aws-cn * https://route53-fips.{d} cn-northwest-1
        both aws-eusc * https://route53-fips.{d} eusc-de-east-1
        both aws-iso * https://route53-fips.{d} us-iso-east-1
        both aws-iso-b * https://route53-fips.{d} us-isob-east-1
        both aws-iso-e * https://route53-fips.{d} eu-isoe-west-1
        both aws-iso-f * https://route53-fips.{d} us-isof-south-1
        both aws-us-gov * https://route53.us-gov.{d} us-gov-west-1
        prefix route53-recovery-control-config
        plain aws us-west-2 https://route53-recovery-control-config.{r}.{s}
        plain aws-cn cn-northwest-1 https://route53-recovery-control-config.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://route53-recovery-control-config.{r}.{s}
        plain aws-iso us-iso-east-1 https://route53-recovery-control-config.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://route53-recovery-control-config.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://route53-recovery-control-config.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://route53-recovery-control-config.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://route53-recovery-control-config.{r}.{s}
        plain aws * https://route53-recovery-control-config.us-west-2.{s} us-west-2
        plain aws-cn * https://route53-recovery-control-config.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://route53-recovery-control-config.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://route53-recovery-control-config.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://route53-recovery-control-config.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://route53-recovery-control-config.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://route53-recovery-control-config.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://route53-recovery-control-config.us-gov-west-1.{s} us-gov-west-1
        dual aws us-west-2 https://arc-recovery-control-config.{r}.{d}
        dual aws-cn cn-northwest-1 https://route53-recovery-control-config.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://route53-recovery-control-config.{r}.{d}
        dual aws-iso us-iso-east-1 https://route53-recovery-control-config.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://route53-recovery-control-config.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://route53-recovery-control-config.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://route53-recovery-control-config.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://route53-recovery-control-config.{r}.{d}
        dual aws * https://arc-recovery-control-config.us-west-2.{d} us-west-2
        dual aws-cn * https://route53-recovery-control-config.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://route53-recovery-control-config.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://route53-recovery-control-config.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://route53-recovery-control-config.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://route53-recovery-control-config.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://route53-recovery-control-config.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://route53-recovery-control-config.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://route53-recovery-control-config-fips.{r}.{s}
        fips aws * https://route53-recovery-control-config-fips.us-east-1.{s} us-east-1
        fips aws-cn * https://route53-recovery-control-config-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://route53-recovery-control-config-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://route53-recovery-control-config-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://route53-recovery-control-config-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://route53-recovery-control-config-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://route53-recovery-control-config-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://route53-recovery-control-config-fips.us-gov-west-1.{s} us-gov-west-1
        both aws us-east-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://route53-recovery-control-config-fips.{r}.{d}
        both aws * https://route53-recovery-control-config-fips.us-east-1.{d} us-east-1
        both aws-cn * https://route53-recovery-control-config-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://route53-recovery-control-config-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://route53-recovery-control-config-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://route53-recovery-control-config-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://route53-recovery-control-config-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://route53-recovery-control-config-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://route53-recovery-control-config-fips.us-gov-west-1.{d} us-gov-west-1
        prefix route53globalresolver
        plain * * https://route53globalresolver.{r}.{d}
        fips * * https://route53globalresolver-fips.{r}.{d}
        prefix route53resolver
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://route53resolver.{r}.{s}
        prefix runtime.lex
        fips aws,aws-us-gov * https://runtime-fips.lex.{r}.{s}
        prefix runtime.sagemaker
        fips aws * https://runtime-fips.sagemaker.{r}.{s}
        fips aws-us-gov * https://runtime.sagemaker.{r}.{s}
        prefix s3
        dual * * https://s3.dualstack.{r}.{s}
        fips aws-cn * none
        both aws,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f,aws-us-gov * https://s3-fips.dualstack.{r}.{s}
        both aws-cn * none
        prefix s3-control
        dual * * https://s3-control.dualstack.{r}.{s}
        fips aws-cn * none
        both aws,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f,aws-us-gov * https://s3-control-fips.dualstack.{r}.{s}
        both aws-cn * none
        prefix s3files
        plain * * https://s3files.{r}.{d}
        fips * * https://s3files-fips.{r}.{d}
        prefix s3vectors
        plain * * https://s3vectors.{r}.{d}
        fips * * https://s3vectors-fips.{r}.{d}
        prefix savingsplans
        plain aws us-east-1 https://savingsplans.{s}
        plain aws * https://savingsplans.{s} us-east-1
        dual aws us-east-1 https://savingsplans.global.{d}
        dual aws * https://savingsplans.global.{d} us-east-1
        prefix sdb
        plain aws us-east-1 https://sdb.{s}
        prefix secretsmanager
        dual aws,aws-cn,aws-us-gov * https://secretsmanager.{r}.{s}
        both aws,aws-us-gov * https://secretsmanager-fips.{r}.{s}
        prefix security-ir
        plain * * https://security-ir.{r}.{d}
        fips * * https://security-ir-fips.{r}.{d}
        prefix securityagent
        plain * * https://securityagent.{r}.{d}
        fips * * https://securityagent-fips.{r}.{d}
        prefix serverlessrepo
        fips aws-us-gov * https://serverlessrepo.{r}.{s}
        prefix servicecatalog-appregistry
        fips aws-us-gov * https://servicecatalog-appregistry.{r}.{s}
        prefix servicediscovery
        dual aws,aws-cn,aws-us-gov * https://servicediscovery.{r}.{s}
        prefix servicequotas
        fips aws-us-gov * https://servicequotas.{r}.{s}
        prefix shield
        plain aws us-east-1 https://shield.{r}.{s}
        plain aws * https://shield.us-east-1.{s} us-east-1
        fips aws us-east-1 https://shield-fips.{r}.{s}
        fips aws * https://shield-fips.us-east-1.{s} us-east-1
        prefix signin
        plain aws af-south-1 https://af-south-1.signin.aws.amazon.com
        plain aws ap-east-1 https://ap-east-1.signin.aws.amazon.com
        plain aws ap-east-2 https://ap-east-2.signin.aws.amazon.com
        plain aws ap-northeast-1 https://ap-northeast-1.signin.aws.amazon.com
        plain aws ap-northeast-2 https://ap-northeast-2.signin.aws.amazon.com
        plain aws ap-northeast-3 https://ap-northeast-3.signin.aws.amazon.com
        plain aws ap-south-1 https://ap-south-1.signin.aws.amazon.com
        plain aws ap-south-2 https://ap-south-2.signin.aws.amazon.com
        plain aws ap-southeast-1 https://ap-southeast-1.signin.aws.amazon.com
        plain aws ap-southeast-2 https://ap-southeast-2.signin.aws.amazon.com
        plain aws ap-southeast-3 https://ap-southeast-3.signin.aws.amazon.com
        plain aws ap-southeast-4 https://ap-southeast-4.signin.aws.amazon.com
        plain aws ap-southeast-5 https://ap-southeast-5.signin.aws.amazon.com
        plain aws ap-southeast-6 https://ap-southeast-6.signin.aws.amazon.com
        plain aws ap-southeast-7 https://ap-southeast-7.signin.aws.amazon.com
        plain aws ca-central-1 https://ca-central-1.signin.aws.amazon.com
        plain aws ca-west-1 https://ca-west-1.signin.aws.amazon.com
        plain aws eu-central-1 https://eu-central-1.signin.aws.amazon.com
        plain aws eu-central-2 https://eu-central-2.signin.aws.amazon.com
        plain aws eu-north-1 https://eu-north-1.signin.aws.amazon.com
        plain aws eu-south-1 https://eu-south-1.signin.aws.amazon.com
        plain aws eu-south-2 https://eu-south-2.signin.aws.amazon.com
        plain aws eu-west-1 https://eu-west-1.signin.aws.amazon.com
        plain aws eu-west-2 https://eu-west-2.signin.aws.amazon.com
        plain aws eu-west-3 https://eu-west-3.signin.aws.amazon.com
        plain aws il-central-1 https://il-central-1.signin.aws.amazon.com
        plain aws me-central-1 https://me-central-1.signin.aws.amazon.com
        plain aws me-south-1 https://me-south-1.signin.aws.amazon.com
        plain aws mx-central-1 https://mx-central-1.signin.aws.amazon.com
        plain aws sa-east-1 https://sa-east-1.signin.aws.amazon.com
        plain aws us-east-1 https://us-east-1.signin.aws.amazon.com
        plain aws us-east-2 https://us-east-2.signin.aws.amazon.com
        plain aws us-west-1 https://us-west-1.signin.aws.amazon.com
        plain aws us-west-2 https://us-west-2.signin.aws.amazon.com
        plain aws-cn cn-north-1 https://cn-north-1.signin.amazonaws.cn
        plain aws-cn cn-northwest-1 https://cn-northwest-1.signin.amazonaws.cn
        plain aws-us-gov us-gov-east-1 https://us-gov-east-1.signin.amazonaws-us-gov.com
        plain aws-us-gov us-gov-west-1 https://us-gov-west-1.signin.amazonaws-us-gov.com
        plain aws * https://eu-nowhere-99.signin.aws.amazon.com
        plain aws-cn * https://cn-nowhere-99.signin.amazonaws.cn
        plain aws-us-gov * https://us-gov-nowhere-99.signin.amazonaws-us-gov.com
        prefix sns
        fips aws-us-gov us-gov-east-1,us-gov-west-1 https://sns.{r}.{s}
        prefix sqs
        fips aws-us-gov * https://sqs.{r}.{s}
        prefix ssm
        fips aws-us-gov * https://ssm.{r}.{s}
        prefix sso
        fips aws-us-gov * https://sso.{r}.{s}
        prefix states
        dual aws-us-gov * https://states-fips.{r}.{d}
        fips aws-us-gov us-gov-west-1 https://states.{r}.{s}
        prefix streams.dynamodb
        dual aws,aws-cn,aws-us-gov * https://streams-dynamodb.{r}.{d}
        fips aws-us-gov * https://streams.dynamodb.{r}.{s}
        both aws,aws-cn,aws-us-gov * https://streams-dynamodb-fips.{r}.{d}
        prefix sts
        fips aws-us-gov * https://sts.{r}.{s}
        prefix support
        plain aws us-east-1 https://support.{r}.{s}
        plain aws-cn cn-north-1 https://support.{r}.{s}
        plain aws-iso us-iso-east-1 https://support.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://support.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://support.{r}.{s}
        plain aws * https://support.us-east-1.{s} us-east-1
        plain aws-cn * https://support.cn-north-1.{s} cn-north-1
        plain aws-iso * https://support.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://support.us-isob-east-1.{s} us-isob-east-1
        plain aws-us-gov * https://support.us-gov-west-1.{s} us-gov-west-1
        fips aws-us-gov us-gov-west-1 https://support.{r}.{s}
        fips aws-us-gov * https://support.us-gov-west-1.{s} us-gov-west-1
        prefix sustainability
        plain aws * https://api.sustainability.{r}.{d}
        plain aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://sustainability.global.{d}
        plain aws-us-gov * https://sustainability.us-gov.{d}
        dual aws * https://api.sustainability.{r}.{d}
        dual aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://sustainability.global.{d}
        dual aws-us-gov * https://sustainability.us-gov.{d}
        fips aws,aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://sustainability-fips.global.{d}
        fips aws-us-gov * https://sustainability-fips.us-gov.{d}
        both aws,aws-cn,aws-eusc,aws-iso,aws-iso-b,aws-iso-e,aws-iso-f * https://sustainability-fips.global.{d}
        both aws-us-gov * https://sustainability-fips.us-gov.{d}
        prefix swf
        dual aws-us-gov * https://swf-fips.{r}.{d}
        fips aws-us-gov * https://swf.{r}.{s}
        prefix tax
        plain aws us-east-1 https://tax.{r}.{s}
        plain aws-cn cn-northwest-1 https://tax.{r}.{s}
        plain aws-eusc eusc-de-east-1 https://tax.{r}.{s}
        plain aws-iso us-iso-east-1 https://tax.{r}.{s}
        plain aws-iso-b us-isob-east-1 https://tax.{r}.{s}
        plain aws-iso-e eu-isoe-west-1 https://tax.{r}.{s}
        plain aws-iso-f us-isof-south-1 https://tax.{r}.{s}
        plain aws-us-gov us-gov-west-1 https://tax.{r}.{s}
        plain aws * https://tax.us-east-1.{s} us-east-1
        plain aws-cn * https://tax.cn-northwest-1.{s} cn-northwest-1
        plain aws-eusc * https://tax.eusc-de-east-1.{s} eusc-de-east-1
        plain aws-iso * https://tax.us-iso-east-1.{s} us-iso-east-1
        plain aws-iso-b * https://tax.us-isob-east-1.{s} us-isob-east-1
        plain aws-iso-e * https://tax.eu-isoe-west-1.{s} eu-isoe-west-1
        plain aws-iso-f * https://tax.us-isof-south-1.{s} us-isof-south-1
        plain aws-us-gov * https://tax.us-gov-west-1.{s} us-gov-west-1
        dual aws us-east-1 https://tax.{r}.{d}
        dual aws-cn cn-northwest-1 https://tax.{r}.{d}
        dual aws-eusc eusc-de-east-1 https://tax.{r}.{d}
        dual aws-iso us-iso-east-1 https://tax.{r}.{d}
        dual aws-iso-b us-isob-east-1 https://tax.{r}.{d}
        dual aws-iso-e eu-isoe-west-1 https://tax.{r}.{d}
        dual aws-iso-f us-isof-south-1 https://tax.{r}.{d}
        dual aws-us-gov us-gov-west-1 https://tax.{r}.{d}
        dual aws * https://tax.us-east-1.{d} us-east-1
        dual aws-cn * https://tax.cn-northwest-1.{d} cn-northwest-1
        dual aws-eusc * https://tax.eusc-de-east-1.{d} eusc-de-east-1
        dual aws-iso * https://tax.us-iso-east-1.{d} us-iso-east-1
        dual aws-iso-b * https://tax.us-isob-east-1.{d} us-isob-east-1
        dual aws-iso-e * https://tax.eu-isoe-west-1.{d} eu-isoe-west-1
        dual aws-iso-f * https://tax.us-isof-south-1.{d} us-isof-south-1
        dual aws-us-gov * https://tax.us-gov-west-1.{d} us-gov-west-1
        fips aws us-east-1 https://tax-fips.{r}.{s}
        fips aws-cn cn-northwest-1 https://tax-fips.{r}.{s}
        fips aws-eusc eusc-de-east-1 https://tax-fips.{r}.{s}
        fips aws-iso us-iso-east-1 https://tax-fips.{r}.{s}
        fips aws-iso-b us-isob-east-1 https://tax-fips.{r}.{s}
        fips aws-iso-e eu-isoe-west-1 https://tax-fips.{r}.{s}
        fips aws-iso-f us-isof-south-1 https://tax-fips.{r}.{s}
        fips aws-us-gov us-gov-west-1 https://tax-fips.{r}.{s}
        fips aws * https://tax-fips.us-east-1.{s} us-east-1
        fips aws-cn * https://tax-fips.cn-northwest-1.{s} cn-northwest-1
        fips aws-eusc * https://tax-fips.eusc-de-east-1.{s} eusc-de-east-1
        fips aws-iso * https://tax-fips.us-iso-east-1.{s} us-iso-east-1
        fips aws-iso-b * https://tax-fips.us-isob-east-1.{s} us-isob-east-1
        fips aws-iso-e * https://tax-fips.eu-isoe-west-1.{s} eu-isoe-west-1
        fips aws-iso-f * https://tax-fips.us-isof-south-1.{s} us-isof-south-1
        fips aws-us-gov * https://tax-fips.us-gov-west-1.{s} us-gov-west-1
        both aws us-east-1 https://tax-fips.{r}.{d}
        both aws-cn cn-northwest-1 https://tax-fips.{r}.{d}
        both aws-eusc eusc-de-east-1 https://tax-fips.{r}.{d}
        both aws-iso us-iso-east-1 https://tax-fips.{r}.{d}
        both aws-iso-b us-isob-east-1 https://tax-fips.{r}.{d}
        both aws-iso-e eu-isoe-west-1 https://tax-fips.{r}.{d}
        both aws-iso-f us-isof-south-1 https://tax-fips.{r}.{d}
        both aws-us-gov us-gov-west-1 https://tax-fips.{r}.{d}
        both aws * https://tax-fips.us-east-1.{d} us-east-1
        both aws-cn * https://tax-fips.cn-northwest-1.{d} cn-northwest-1
        both aws-eusc * https://tax-fips.eusc-de-east-1.{d} eusc-de-east-1
        both aws-iso * https://tax-fips.us-iso-east-1.{d} us-iso-east-1
        both aws-iso-b * https://tax-fips.us-isob-east-1.{d} us-isob-east-1
        both aws-iso-e * https://tax-fips.eu-isoe-west-1.{d} eu-isoe-west-1
        both aws-iso-f * https://tax-fips.us-isof-south-1.{d} us-isof-south-1
        both aws-us-gov * https://tax-fips.us-gov-west-1.{d} us-gov-west-1
        prefix transcribe
        plain aws-cn cn-north-1,cn-northwest-1 https://cn.transcribe.{r}.{s}
        fips aws,aws-us-gov * https://fips.transcribe.{r}.{s}
        prefix uxc
        plain * * https://uxc.{r}.{d}
        fips * * https://uxc-fips.{r}.{d}
        prefix waf
        plain aws us-east-1 https://waf.{s}
        plain aws * https://waf.{s} us-east-1
        fips aws us-east-1 https://waf-fips.{s}
        fips aws * https://waf-fips.{s} us-east-1
        prefix workspaces-instances
        plain * * https://workspaces-instances.{r}.{d}
        fips * * https://workspaces-instances-fips.{r}.{d}
        """#
}
