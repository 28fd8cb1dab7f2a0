// Swift cannot call C's variadic functions, so each kind of argument gets a function of its own.
#pragma once
#include <curl/curl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

static inline CURLcode millrace_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_write(CURL *handle, CURLoption option,
                                               size_t (*value)(char *, size_t, size_t, void *)) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_seek(CURL *handle, CURLoption option,
                                              int (*value)(void *, curl_off_t, int)) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_opensocket(CURL *handle, CURLoption option,
                                                    curl_opensocket_callback value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}
static inline CURLcode millrace_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode millrace_curl_get_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, value);
}
static inline CURLMcode millrace_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}
static inline CURLMcode millrace_curl_multi_set_socket(CURLM *handle, curl_socket_callback value, void *context) {
    CURLMcode code = curl_multi_setopt(handle, CURLMOPT_SOCKETDATA, context);
    return code == CURLM_OK ? curl_multi_setopt(handle, CURLMOPT_SOCKETFUNCTION, value) : code;
}
static inline CURLMcode millrace_curl_multi_set_timer(CURLM *handle, curl_multi_timer_callback value, void *context) {
    CURLMcode code = curl_multi_setopt(handle, CURLMOPT_TIMERDATA, context);
    return code == CURLM_OK ? curl_multi_setopt(handle, CURLMOPT_TIMERFUNCTION, value) : code;
}

// Since libcurl 7.87; an older one waits for the look-up of a host that nobody wants any more to come to its end.
static inline void millrace_curl_leave_lookups(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
#endif
}

// Since libcurl 7.88; an older one gives names as they stand, which are then refused unless they are ASCII.
#ifdef CURLU_PUNYCODE
static const unsigned int millrace_curl_url_punycode = CURLU_PUNYCODE;
#else
static const unsigned int millrace_curl_url_punycode = 0;
#endif
