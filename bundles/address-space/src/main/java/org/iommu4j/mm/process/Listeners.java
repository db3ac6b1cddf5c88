package org.iommu4j.mm.process;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.iommu4j.api.IommuException;
import org.iommu4j.api.Reason;
import org.iommu4j.api.sva.AddressSpaceNotifier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The notifiers of a process; called, added and removed under its lock. */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final String process;
    private final List<AddressSpaceNotifier> notifiers = new CopyOnWriteArrayList<>();

    Listeners(String process) {
        this.process = process;
    }

    /** @throws IommuException EXISTS */
    void add(AddressSpaceNotifier notifier) {
        if (notifiers.contains(notifier)) {
            throw IommuException.of(Reason.EXISTS, "%s: %s is registered already", process, notifier);
        }
        notifiers.add(notifier);
    }

    void remove(AddressSpaceNotifier notifier) {
        notifiers.remove(notifier);
    }

    int count() {
        return notifiers.size();
    }

    /** @return whether all have been told, so that nobody uses the old entries any more */
    boolean invalidate(long first, long last, boolean tables) {
        boolean told = true;
        for (AddressSpaceNotifier notifier : notifiers) {
            try {
                notifier.invalidate(first, last, tables);
            } catch (RuntimeException e) {
                told = false;
                LOG.error("{}: frames of {} to {} are lost, for a notifier failed", process,
                        Long.toHexString(first), Long.toHexString(last), e);
            }
        }
        return told;
    }

    /** Tells all of the end, and forgets them. @return as above */
    boolean release() {
        boolean told = true;
        for (AddressSpaceNotifier notifier : notifiers) {
            try {
                notifier.release();
            } catch (RuntimeException e) {
                told = false;
                LOG.error("{}: its frames are lost, for a notifier failed at its end", process, e);
            }
        }
        notifiers.clear();
        return told;
    }
}
