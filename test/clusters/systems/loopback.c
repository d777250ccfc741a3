/*
 * Preloaded into daemons that can't be told where to listen: a socket bound to every address of this machine is bound
 * to loopback instead, and the machine is called localhost, a name that resolves wherever the tests run.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

typedef int (*bind_function)(int, const struct sockaddr *, socklen_t);

int bind(int socket, const struct sockaddr *wanted, socklen_t size) {
  bind_function system_bind = (bind_function)dlsym(RTLD_NEXT, "bind");
  if (wanted == NULL) return system_bind(socket, wanted, size);

  if (wanted->sa_family == AF_INET && size >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in address;
    memcpy(&address, wanted, sizeof address);
    if (address.sin_addr.s_addr == htonl(INADDR_ANY)) {
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      return system_bind(socket, (const struct sockaddr *)&address, sizeof address);
    }
  }
  if (wanted->sa_family == AF_INET6 && size >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 address;
    memcpy(&address, wanted, sizeof address);
    if (IN6_IS_ADDR_UNSPECIFIED(&address.sin6_addr)) {
      address.sin6_addr = in6addr_loopback;
      return system_bind(socket, (const struct sockaddr *)&address, sizeof address);
    }
  }
  return system_bind(socket, wanted, size);
}

int gethostname(char *name, size_t size) {
  static const char local[] = "localhost";
  if (size < sizeof local) {
    errno = ENAMETOOLONG;
    return -1;
  }
  memcpy(name, local, sizeof local);
  return 0;
}
