/**
 * A certificate for `localhost` that nobody else trusts, with its key, for the servers of tests: until 2126, and of no
 * use elsewhere. Made with: openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj
 * /CN=localhost -addext subjectAltName=DNS:localhost
 */

export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBlDCCATugAwIBAgIUd5KIQsdtrxOBxPnd2zbY32MFH7kwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE5NDE0MFoYDzIxMjYxMDMw
MTk0MTQwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARtNrZtprDAlVjnxKWQe/u2Xx4PSOkRgA+6pTH/HAIPo4sp5fItjdyW
L8EO+KHiy/LyrGYs12E5ccExOYFoKL/Oo2kwZzAdBgNVHQ4EFgQUk2AnkbICsk0R
REc7cfXjbYRAsW4wHwYDVR0jBBgwFoAUk2AnkbICsk0RREc7cfXjbYRAsW4wDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
RwAwRAIgP0UzED5oqBkGfvgoKis68n7PQHtmXSbaV44jnESwXJACIE5h+U8Gfufv
p4Huoger76T54gueNPM1jdDiF1y+hyIv
-----END CERTIFICATE-----
`;

export const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg0y3Ifl2SOjulmkN+
s48pq2XWLl7nuzDW4MKYr1+Y4vyhRANCAARtNrZtprDAlVjnxKWQe/u2Xx4PSOkR
gA+6pTH/HAIPo4sp5fItjdyWL8EO+KHiy/LyrGYs12E5ccExOYFoKL/O
-----END PRIVATE KEY-----
`;
