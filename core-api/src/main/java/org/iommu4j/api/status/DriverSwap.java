package org.iommu4j.api.status;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Swaps a driver bundle side by side: the successor is installed and started, takes over every unit of the predecessor
 * while devices do DMA, and then the predecessor is uninstalled. One swap at a time; callers wait.
 *
 * <p>The successor's bundle location is {@code place#number:digest}: the place is the predecessor's location up to its
 * own {@code #}, the digest is SHA-256 of the jar in hexadecimal digits. So whoever keeps the jars knows which bundle
 * stands for a place now, and from which content.
 */
@ProviderType
public interface DriverSwap {
    /**
     * @param bundle symbolic name, or bundle id, of the driver in charge
     * @param jar the successor; may have the same symbolic name and any version
     * @return only once the predecessor is uninstalled
     * @throws org.iommu4j.api.IommuException NO_DEVICE (no such bundle), BAD_INPUT (no bundle, or no driver of the
     * same architecture), or what the successor threw; the predecessor is in charge then and the successor uninstalled
     */
    SwapReport swap(String bundle, Path jar);
}
