package org.iommu4j.launcher;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Has a driver that is in charge replaced while devices do DMA: the service {@code BiFunction<Long, Path, String>} with
 * the property {@code iommu4j.swap=true}. It takes the id of a bundle and its successor's jar and says how that went,
 * or null if the bundle is no driver in charge of anything; it throws if the successor is refused.
 */
final class HotSwap {
    private static final String FILTER = "(&(objectClass=" + BiFunction.class.getName() + ")(iommu4j.swap=true))";

    private final ServiceTracker<BiFunction<Long, Path, String>, BiFunction<Long, Path, String>> services;

    /** It ends with the framework. */
    HotSwap(BundleContext context) {
        services = new ServiceTracker<>(context, filter(), null);
    }

    /** Follows the service, which comes with a bundle. */
    void open() {
        services.open();
    }

    /**
     * Returns when the predecessor is uninstalled.
     *
     * @return how it went; empty if this bundle is to be replaced as any other
     * @throws RuntimeException why the successor is refused; the predecessor is in charge then
     */
    Optional<String> replace(long bundle, Path jar) {
        BiFunction<Long, Path, String> service = services.getService();
        return Optional.ofNullable(service == null ? null : service.apply(bundle, jar));
    }

    private static Filter filter() {
        try {
            return FrameworkUtil.createFilter(FILTER);
        } catch (InvalidSyntaxException e) {
            throw new AssertionError(FILTER, e);
        }
    }
}
