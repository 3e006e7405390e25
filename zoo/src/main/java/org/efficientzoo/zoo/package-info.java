/** The model zoo that {@code Criteria} finds. */
package org.efficientzoo.zoo;
