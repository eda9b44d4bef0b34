"""Operations on meetings, registrations, rooms, recordings and programmes."""
