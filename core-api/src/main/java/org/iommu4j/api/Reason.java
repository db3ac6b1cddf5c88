package org.iommu4j.api;

/** Why an operation was refused; each constant names the errno that a kernel engineer expects in its place. */
public enum Reason {
    /** EINVAL: the arguments are malformed, or the domain does not fit the device; try another domain. */
    INCOMPATIBLE,
    /** EBUSY: the object is in use in a way that excludes the operation. */
    BUSY,
    /** ENODEV: there is no such device, unit, group, domain or machine. */
    NO_DEVICE,
    /** ENOSPC: a number space (domain ids, vectors, IOVAs) has no free member. */
    NO_SPACE,
    /** ENOMEM: the machine's pool, or the caller's quota of it, is used up. */
    NO_MEMORY,
    /** EEXIST / EADDRINUSE: part of the range is mapped already. */
    EXISTS,
    /** ERANGE / EOVERFLOW: the value does not fit the width that the unit or format has. */
    OVERFLOW,
    /** EOPNOTSUPP: the unit, driver or machine cannot do this. */
    NOT_SUPPORTED,
    /** EPERM: somebody else owns the object. */
    NOT_OWNER,
    /** EFAULT: the physical address is no memory of this machine, or the address none of the process. */
    BAD_ADDRESS,
    /** EPROTO: input from outside (firmware table, record, trace, machine definition) is malformed. */
    BAD_INPUT,
    /** ESHUTDOWN: no driver is in charge of the unit, and none came within the bound. */
    DRIVER_GONE,
    /** ETIMEDOUT: hardware or a peer did not answer within its bound. */
    TIMEOUT,
    /** EIO: hardware reported an error, or a driver failed in a way that it does not document. */
    IO
}
