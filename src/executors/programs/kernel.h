/*
 * What our programs that need no library know of the kernel, and how they say what is wrong and become another program. Each uses a part.
 */
#pragma once
#pragma GCC diagnostic ignored "-Wunused-function"

typedef unsigned long word;

enum { AT_CWD = -100, NOT_FOLLOWED = 0x100 };
enum { ENOENT = 2, ENOEXEC = 8, EACCES = 13, ENOTDIR = 20 };
enum { SIGKILL = 9, SIGTERM = 15, SIGCHLD = 17, SET_MASK = 2, NO_HANG = 1, SET_WINDOW_SIZE = 0x5414 };
enum { READ_ONLY = 0, WRITE_ONLY = 1, READ_WRITE = 2, APPEND = 02000, NOT_BLOCKING = 04000, NOT_INHERITED = 02000000 };

#if defined(__x86_64__)
enum { READ = 0, WRITE = 1, CLOSE = 3, KILL = 62, UMASK = 95, EXECVE = 59, EXIT = 231, GETDENTS = 217, OPENAT = 257, FCHOWNAT = 260, DUP3 = 292 };
enum { SIGPROCMASK = 14, IOCTL = 16, GETPID = 39, CLONE = 56, WAIT4 = 61, SETSID = 112, PPOLL = 271, SIGNALFD = 289 };
enum { FOLDER = 0200000, NO_LINK = 0400000 };

static long call(long number, word a, word b, word c, word d, word e) {
  long result;
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                   : "rcx", "r11", "memory");
  return result;
}

__asm__(".globl _start\n_start:\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call begin\n");
#elif defined(__aarch64__)
enum { READ = 63, WRITE = 64, CLOSE = 57, KILL = 129, UMASK = 166, EXECVE = 221, EXIT = 94, GETDENTS = 61, OPENAT = 56, FCHOWNAT = 54, DUP3 = 24 };
enum { SIGPROCMASK = 135, IOCTL = 29, GETPID = 172, CLONE = 220, WAIT4 = 260, SETSID = 157, PPOLL = 73, SIGNALFD = 74 };
enum { FOLDER = 040000, NO_LINK = 0100000 };

static long call(long number, word a, word b, word c, word d, word e) {
  register long x8 __asm__("x8") = number;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
  return (long)x0;
}

__asm__(".globl _start\n_start:\n  mov x0, sp\n  bl begin\n");
#endif

/* The compiler may make calls of these of a loop. */
void *memset(void *to, int value, word size) {
  for (volatile char *byte = to; size > 0; size--) *byte++ = (char)value;
  return to;
}

static word length(const char *text) {
  word count = 0;
  while (text[count]) count++;
  return count;
}

static int same(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return *a == *b;
}

static const char *after(const char *text, const char *start) {
  while (*start) {
    if (*text++ != *start++) return 0;
  }
  return text;
}

static _Noreturn void leave(int code) {
  for (;;) call(EXIT, (word)code, 0, 0, 0, 0);
}

static void say(const char *text) {
  call(WRITE, 2, (word)text, length(text), 0, 0);
}

static _Noreturn void fail(int code, const char *what, const char *why) {
  say("trainyard: ");
  say(what);
  say(why);
  say("\n");
  leave(code);
}

static long open_at(long folder, const char *path, int flags) {
  return call(OPENAT, (word)folder, (word)path, (word)flags, 0, 0);
}

static word number(const char *text, word base) {
  word value = 0;
  for (; *text >= '0' && *text <= '9'; text++) value = value * base + (word)(*text - '0');
  return value;
}

static int has_slash(const char *text) {
  while (*text && *text != '/') text++;
  return *text == '/';
}

/* The command is looked for as the container engines do: on the PATH, unless its name has a slash. */
static _Noreturn void become(char **command, char **environment) {
  char path[8192];
  const char *name = command[0];
  const char *folders = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  long error = ENOENT;
  if (has_slash(name)) {
    error = -call(EXECVE, (word)name, (word)command, (word)environment, 0, 0);
  } else {
    for (char **each = environment; *each; each++) {
      const char *value = after(*each, "PATH=");
      if (value) folders = value;
    }
    for (const char *folder = folders; *name;) {
      word size = 0;
      while (folder[size] && folder[size] != ':') size++;
      if (size + length(name) + 3 < sizeof path) {
        word at = 0;
        if (size == 0) path[at++] = '.';
        for (word i = 0; i < size; i++) path[at++] = folder[i];
        path[at++] = '/';
        for (word i = 0; name[i]; i++) path[at++] = name[i];
        path[at] = 0;
        long found = -call(EXECVE, (word)path, (word)command, (word)environment, 0, 0);
        if (found != ENOENT && found != ENOTDIR) error = found;
        if (found != ENOENT && found != ENOTDIR && found != EACCES) break;
      }
      if (!folder[size]) break;
      folder += size + 1;
    }
  }
  if (error == ENOENT || error == ENOTDIR) fail(127, name, ": not found");
  if (error == EACCES) fail(126, name, ": permission denied");
  if (error == ENOEXEC) fail(126, name, ": exec format error: it is for another kind of processor, or a script without #!");
  fail(126, name, ": can't be run");
}
